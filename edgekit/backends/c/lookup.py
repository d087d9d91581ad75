"""Tables of layers whose outputs are functions of one byte."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Layer
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.reference.arithmetics import arithmetic
from edgekit.reference.ops.conv_2d import prepare_integer

VALUES = 256


def of_one_input(layer: Layer) -> NDArray[np.int8]:
    """(256, channels): the outputs of a 1x1 convolution of one channel, by its input as an unsigned byte."""
    op, count = layer.op, layer.input(1).shape[0]
    assert isinstance(op, Conv2D)
    x, y = (t.with_(shape=(1, 1, VALUES, c)) for t, c in ((layer.input(0), 1), (layer.outputs[0], count)))
    kernel = prepare_integer(replace(op, stride=(1, 1)), [x, *layer.inputs[1:]], [y], arithmetic("tflm"))
    values = np.arange(VALUES).astype(np.uint8).view(np.int8).reshape(x.shape)
    (found,) = kernel([values, *[None] * (len(layer.inputs) - 1)])
    return found.reshape(VALUES, count).astype(np.int8)
