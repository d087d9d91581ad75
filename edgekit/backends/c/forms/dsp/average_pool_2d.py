"""Average pooling, `firmware/src/pool_2d_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.graph.ops.average_pool_2d import AveragePool2D

FOUR = 4  # channels, the least there must be
LARGEST_WINDOW = 255  # times 128 fits a halfword


def form(layer: Layer, call: Call) -> Call | None:
    """None where there are too few channels or sums do not fit the kernel's halfwords."""
    assert isinstance(layer.op, AveragePool2D)
    height, width = layer.op.window
    if layer.input(0).shape[3] < FOUR or height * width > LARGEST_WINDOW:
        return None
    return Call("average_pool_2d_dsp", call.fields, source="pool_2d_dsp")
