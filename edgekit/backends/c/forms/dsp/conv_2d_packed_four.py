"""Convolution of 1x1 taps, 4 inputs, outputs stored by eights."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp._packed_four import packed_four
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w = call.fields, layer.input(0), layer.input(1)
    if w.shape[1:3] != (1, 1) or w.shape[3] != x.shape[3] or f["pad_top"] or f["pad_left"]:
        return None
    stride = int(f["stride_h"]), int(f["stride_w"])  # type: ignore[arg-type]
    return packed_four(layer, call, effective_scale(x, w, layer.outputs[0]), of_pixels(layer, stride))
