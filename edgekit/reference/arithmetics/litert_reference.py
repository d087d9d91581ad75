"""What LiteRT's BUILTIN_REF kernels compute."""

from edgekit.reference.arithmetics import Arithmetic

ARITHMETIC = Arithmetic(
    "litert-reference",
    "LiteRT BUILTIN_REF (PyPI ai-edge-litert)",
    deviations={"fully_connected": "single-rounding", "sum": "bytes-as-unsigned"},
)
