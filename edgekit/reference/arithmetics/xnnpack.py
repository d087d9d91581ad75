"""What LiteRT computes by default on x86-64 and Arm processors: XNNPACK, and optimized kernels where it has none."""

from edgekit.reference.arithmetics import Arithmetic

ARITHMETIC = Arithmetic("xnnpack", "LiteRT with XNNPACK (PyPI ai-edge-litert)", 
    deviations={
        **dict.fromkeys(("conv_2d", "depthwise_conv_2d", "fully_connected", "mul", "transpose_conv"), "float32"),
        **dict.fromkeys(("add", "sub"), "weighted-sum"),
    },
)
