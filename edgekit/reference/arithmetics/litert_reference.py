"""What LiteRT's BUILTIN_REF kernels compute."""

from edgekit.reference.arithmetics import Arithmetic

ARITHMETIC = Arithmetic(
    "litert-reference",
    "LiteRT BUILTIN_REF (PyPI ai-edge-litert)",
    deviations={
        "fully_connected": "single-rounding",
        "sum": "bytes-as-unsigned",
        **dict.fromkeys(("hard_swish", "mul", "prelu", "relu", "relu6", "relu_n1_to_1"), "float32-multiplier"),
        **dict.fromkeys(("logistic", "tanh"), "float-table"),
    },
)
