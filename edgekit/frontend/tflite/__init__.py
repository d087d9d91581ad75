"""`.tflite` files: `read`, `write`, and one codec per operator in `ops/`."""

from edgekit.frontend.tflite.reader import load, read
from edgekit.frontend.tflite.writer import save, write

__all__ = ["load", "read", "save", "write"]
