"""What LiteRT computes by default on x86-64 and Arm processors: XNNPACK, and optimized kernels where it has none."""

from collections.abc import Sequence

from edgekit.graph import Operator, Tensor
from edgekit.reference.arithmetics import Arithmetic

PRODUCTS = ("conv_2d", "depthwise_conv_2d", "fully_connected", "transpose_conv")
FLOAT32 = (*PRODUCTS, "mean", "mul", "sum")


def refuse(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str | None:
    """XNNPACK leaves a product whose bias carries no scale to another kernel, which rounds otherwise."""
    bias = inputs[2] if op.name in PRODUCTS and len(inputs) > 2 else None
    return None if bias is None or bias.quantization is not None else f"the bias {bias.name} carries no scale"


ARITHMETIC = Arithmetic(
    "xnnpack",
    "LiteRT with XNNPACK (PyPI ai-edge-litert)",
    deviations={
        **dict.fromkeys(FLOAT32, "float32"),
        **dict.fromkeys(("add", "sub"), "weighted-sum"),
        **dict.fromkeys(("leaky_relu", "quantize"), "short-multiplier"),
        **dict.fromkeys(("logistic", "tanh"), "double-table"),
        **dict.fromkeys(("hard_swish", "prelu", "relu", "relu6", "relu_n1_to_1"), "float32-multiplier"),
        "softmax": "float-table",
        "resize_bilinear": "11-bit-weights",
    },
    refuse=refuse,
)
