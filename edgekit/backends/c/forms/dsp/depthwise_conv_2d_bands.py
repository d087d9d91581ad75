"""Depthwise convolution by one stream, in bands with their padding: `firmware/src/depthwise_conv_2d_bands_dsp.c`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._bands import bands
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.backends.c.forms.dsp._stream_code import END, Stream
from edgekit.backends.c.forms.dsp._streams import Tap, field, groups
from edgekit.reference.requantize import effective_scale

OPERATOR = "depthwise_conv_2d"
MORE = 1  # byte that is read behind a line's last window
MOST = 4096  # words of the stream and the runs


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels, out_h = y.shape[3], y.shape[1]
    found = bands(layer, replace(call, fields={**call.fields, "out_c": channels}), MORE)
    weights = layer.data(1).reshape(-1, channels).T
    real = effective_scale(x, w, y)
    folded = fold(weights, bias_of(layer, channels), x.zero_point, real, clamp_of(call), wide=True)
    if found is None or folded is None or weights.size > 2 * MOST:
        return None
    fields, scratch = found
    pitch, stride, lines = (int(fields[name]) for name in ("pitch", "stride", "lines"))  # type: ignore[arg-type]
    parts = -(-out_h // lines)
    lines = -(-out_h // parts)  # all bands alike
    down, width = field(call, "stride_h") * pitch, y.shape[2] * stride
    taps = [Tap(ky * field(call, "dilation_h") * pitch + kx * channels, ky * w.shape[2] + kx)
            for ky in range(w.shape[1]) for kx in range(w.shape[2])]  # fmt: skip
    stream = Stream()
    groups(stream, layer, call, folded, taps, (0, taps[-1].place + channels + MORE), 1)
    runs = [(0, down - width if line else 0, y.shape[2] * channels) for line in range(lines)]
    runs.append((stream.bytes, 0, 0))
    stream.window()
    stream.end(END)
    words = np.array([*np.array(runs).reshape(-1), *stream.words], np.int32)
    if words.size > MOST:
        return None
    fields |= {"lines": lines, "groups": 3 * len(runs), "stream": words}
    return Call("depthwise_conv_2d_bands_dsp", fields, scratch=scratch)
