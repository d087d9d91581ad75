"""Operators that the Edge TPU executes, and the oldest runtime that knows them.

Source: coral.ai, "TensorFlow models on the Edge TPU", table of supported operations. Left out are those that the graph
has no name for (LSTM, L2Normalization, Pack, Rsqrt, Slice, SpaceToDepth, SquaredDifference); ExpandDims and Squeeze are
reshapes here.
"""

from __future__ import annotations

ALL = 10  # the oldest runtime that the compiler can be asked for
LATEST = 14

RUNTIME_OF = {
    "add": ALL,
    "average_pool_2d": ALL,
    "concatenation": ALL,
    "conv_2d": ALL,
    "depthwise_conv_2d": ALL,
    "fully_connected": ALL,
    "logistic": ALL,
    "max_pool_2d": ALL,
    "maximum": ALL,
    "mean": ALL,
    "minimum": ALL,
    "mul": ALL,
    "pad": ALL,
    "prelu": 13,
    "quantize": 13,
    "reduce_max": 14,
    "reduce_min": 14,
    "relu": ALL,
    "relu6": ALL,
    "relu_n1_to_1": ALL,
    "reshape": ALL,
    "resize_bilinear": ALL,
    "resize_nearest_neighbor": ALL,
    "softmax": ALL,
    "split": ALL,
    "strided_slice": ALL,
    "sub": ALL,
    "sum": 13,
    "tanh": ALL,
    "transpose": 14,
    "transpose_conv": 13,
}
