"""From a float graph to an int8 graph, by the TensorFlow Lite 8-bit quantization specification.

`rules/` says per operator what the specification fixes, `ranges/` holds the methods that choose activation ranges, both
one file each and found by name.
"""

from edgekit.quantization.calibration import choose_samples, load_calibration
from edgekit.quantization.lowering import drafted, quantize
from edgekit.quantization.quality import LayerError, report

__all__ = ["LayerError", "choose_samples", "drafted", "load_calibration", "quantize", "report"]
