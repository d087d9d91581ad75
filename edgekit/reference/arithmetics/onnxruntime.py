"""What ONNX Runtime's int8 kernels compute on the CPU, from Q/DQ models."""

from edgekit.reference.arithmetics import Arithmetic

FLOAT32 = ("conv_2d", "depthwise_conv_2d", "fully_connected")
THROUGH_FLOAT = (
    "add", "hard_swish", "leaky_relu", "logistic", "mean", "mul", "prelu", "relu", "relu_n1_to_1", "softmax", "sub",
    "sum", "tanh", "transpose_conv",
)  # fmt: skip
ARITHMETIC = Arithmetic(
    "onnxruntime",
    "ONNX Runtime (PyPI onnxruntime)",
    deviations={
        **dict.fromkeys(FLOAT32, "float32"),
        **dict.fromkeys(THROUGH_FLOAT, "through-float"),
        "relu6": "clamp-only",
    },
)
