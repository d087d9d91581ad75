"""What the emitters of int16 sigmoids share."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.reference.wide_tables import sigmoid_input, sigmoid_table


def sigmoid(layer: Layer, kernel: str, hyperbolic: bool) -> Call:
    multiplier, shift = sigmoid_input(float(layer.input(0).scale), hyperbolic)
    fields: dict[str, Value] = {"count": layer.outputs[0].elements, "multiplier": multiplier, "shift": shift}
    fields |= {"table": sigmoid_table().astype(np.uint16)}
    return Call(kernel, fields, in_place=(0,), source="sigmoid_s16")
