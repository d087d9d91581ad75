"""Operators that Vela 5.2's report lists for the NPUs, by edgekit's names: for the documentation.

What counts in a build is the report of the Vela that is installed, and Vela itself, which is asked about every graph.
"""

from __future__ import annotations

from edgekit.frontend.tflite import codec

U55_AND_U65 = frozenset([
    "add", "average_pool_2d", "concatenation", "conv_2d", "depthwise_conv_2d", "fully_connected", "hard_swish",
    "leaky_relu", "logistic", "max_pool_2d", "maximum", "mean", "minimum", "mul", "pad", "prelu", "quantize", "relu",
    "relu6", "relu_n1_to_1", "reshape", "resize_bilinear", "resize_nearest_neighbor", "softmax", "split",
    "strided_slice", "sub", "sum", "tanh", "transpose", "transpose_conv",
])  # fmt: skip
U85 = U55_AND_U65


def builtin(operator: str) -> str:
    """The TensorFlow Lite name of an operator of edgekit; upper case where no codec writes it."""
    entry = codec.writers().get(operator)
    return operator.upper() if entry is None else str(entry.BUILTIN)
