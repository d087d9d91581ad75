"""Convolution of 1x1 taps and few outputs: a sample for every pixel."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._few import few
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold, or lines of several inputs do not lie at equal distances."""
    f, x, w, y = call.fields, layer.input(0), layer.input(1), layer.outputs[0]
    if w.shape[1:3] != (1, 1) or w.shape[3] != x.shape[3] or f["pad_top"] or f["pad_left"]:
        return None
    (batches, height, width, channels), (_, out_h, out_w, _) = x.shape, y.shape
    down, right = int(f["stride_h"]), int(f["stride_w"])  # type: ignore[arg-type]
    lines, line_step, samples, step = batches * out_h, down * width * channels, out_w, right * channels
    if out_h == 1:
        line_step = height * width * channels
    elif batches > 1 and height != down * out_h:
        return None
    if line_step == samples * step:
        lines, samples = 1, lines * samples
    elif samples == 1:
        lines, samples, step = 1, lines, line_step
    places = {"lines": lines, "line_step": line_step, "samples": samples, "step": step}
    return few(layer, call, effective_scale(x, w, y), {**places})
