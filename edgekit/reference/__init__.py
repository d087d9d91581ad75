"""The fixed-point NumPy reference: the project's one definition of the integers."""

from edgekit.reference.simulator import Simulator, dequantize_array, quantize_array, simulate

__all__ = ["Simulator", "dequantize_array", "quantize_array", "simulate"]
