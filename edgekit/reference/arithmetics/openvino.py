"""OpenVINO's int8 kernels: accumulators rescaled in float32, ties to even. Of other operators it predicts 1 step."""

from edgekit.reference.arithmetics import Arithmetic

FLOAT32 = ("conv_2d", "depthwise_conv_2d", "fully_connected", "transpose_conv")
ARITHMETIC = Arithmetic(
    "openvino",
    "OpenVINO on processors with int8 products (PyPI openvino)",
    deviations={**dict.fromkeys(FLOAT32, "float32"), "relu6": "clamp-only"},
)
