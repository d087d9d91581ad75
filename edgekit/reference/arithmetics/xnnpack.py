"""What LiteRT computes by default on x86-64 and Arm processors: XNNPACK, and optimized kernels where it has none."""

from edgekit.reference.arithmetics import Arithmetic

FLOAT32 = ("conv_2d", "depthwise_conv_2d", "fully_connected", "mean", "mul", "sum", "transpose_conv")
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
)
