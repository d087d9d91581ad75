"""What TensorFlow Lite Micro and CMSIS-NN compute on devices: double rounding in every operator."""

from edgekit.reference.arithmetics import Arithmetic, no_wide_kernels

ARITHMETIC = Arithmetic(
    "tflm",
    "TensorFlow Lite Micro reference kernels (PyPI tflite-micro)",
    deviations={"relu6": "clamp-only"},
    refuse=no_wide_kernels(("relu_n1_to_1", "resize_bilinear")),
)
