"""What TensorFlow Lite Micro and CMSIS-NN compute on devices: double rounding in every operator."""

from edgekit.reference.arithmetics import Arithmetic

ARITHMETIC = Arithmetic(
    "tflm", "TensorFlow Lite Micro reference kernels (PyPI tflite-micro)", deviations={"relu6": "clamp-only"}
)
