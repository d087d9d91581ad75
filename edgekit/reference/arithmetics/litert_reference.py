"""What LiteRT's BUILTIN_REF kernels compute."""

from edgekit.reference.arithmetics import Arithmetic, no_wide_kernels

ARITHMETIC = Arithmetic(
    "litert-reference",
    "LiteRT BUILTIN_REF (PyPI ai-edge-litert)",
    deviations={
        "fully_connected": "single-rounding",
        "softmax": "float64-lut",  # of int16
        "sum": "bytes-as-unsigned",
        **dict.fromkeys(
            ("hard_swish", "leaky_relu", "mul", "prelu", "relu", "relu6", "relu_n1_to_1"), "float32-multiplier"
        ),
        **dict.fromkeys(("logistic", "tanh"), "float-table"),
    },
    refuse=no_wide_kernels(("relu_n1_to_1", "sum")),  # it takes int16 sums for bytes too
)
