"""What LiteRT computes by default on x86-64 and Arm processors: XNNPACK, and optimized kernels where it has none."""

from collections.abc import Sequence

from edgekit.graph import Operator, Tensor
from edgekit.reference.arithmetic import EVEN_SUM
from edgekit.reference.arithmetics import Arithmetic, is_wide
from edgekit.reference.arithmetics.litert_reference import ARITHMETIC as WIDE

PRODUCTS = ("conv_2d", "depthwise_conv_2d", "fully_connected", "transpose_conv")
SIGMOIDS = ("logistic", "tanh")
FLOAT32 = (*PRODUCTS, "mean", "mul", "sum")


def refuse(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str | None:
    """XNNPACK leaves a product whose bias carries no scale to another kernel, which rounds otherwise."""
    if is_wide(op, inputs, outputs):
        if op.name == "fully_connected" and len(inputs) < 3:
            return "without a bias another int16 kernel takes it, whose rounding was not found out"
        if op.name in SIGMOIDS and _taken_as_it_is(inputs[0], op.name):
            return "an input scale near 2^-12, of tanh 2^-11 too, goes to an optimized kernel that was not found out"
        return WIDE.refuse(op, inputs, outputs)
    bias = inputs[2] if op.name in PRODUCTS and len(inputs) > 2 else None
    return None if bias is None or bias.quantization is not None else f"the bias {bias.name} carries no scale"


def _taken_as_it_is(x: Tensor | None, name: str) -> bool:
    from edgekit.reference.wide_tables import sigmoid_input  # which imports the simulator

    if x is None or x.quantization is None:
        return False
    try:
        multiplier, shift = sigmoid_input(float(x.scale), name == "tanh")
    except ValueError:
        return False  # refused in its own words
    return shift == 0 and multiplier <= 6


ARITHMETIC = Arithmetic(
    "xnnpack",
    "LiteRT with XNNPACK (PyPI ai-edge-litert)",
    deviations={
        **dict.fromkeys(FLOAT32, "float32"),
        **dict.fromkeys(("add", "sub"), "weighted-sum"),
        **dict.fromkeys(("leaky_relu", "quantize"), "short-multiplier"),
        **dict.fromkeys(SIGMOIDS, "double-table"),
        **dict.fromkeys(("hard_swish", "prelu", "relu", "relu6", "relu_n1_to_1"), "float32-multiplier"),
        "softmax": "float-table",
        "resize_bilinear": "11-bit-weights",
    },
    wide={**WIDE.deviations, "leaky_relu": "signed-multiplier"},  # XNNPACK has no int16
    bounds=EVEN_SUM,
    refuse=refuse,
)
