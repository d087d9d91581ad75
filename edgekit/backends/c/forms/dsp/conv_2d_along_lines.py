"""Convolution along one axis, windows of few inputs: `firmware/src/conv_1d_dsp.c` and `conv_1d_packed_dsp.c`.

Where no window has padding, windows are pixels of 1x1 convolutions as they lie."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._narrow import MOST, SAVED, TURN, narrow, width_of
from edgekit.backends.c.forms.dsp._narrow import channels as narrow_channels
from edgekit.backends.c.forms.dsp._packed_four import COMMON, in_order, packed_four
from edgekit.backends.c.forms.dsp._packed_four import channels as packed_channels
from edgekit.backends.c.forms.dsp._windows import of_layer
from edgekit.backends.c.forms.dsp.conv_2d_halves import folds
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
FILE, PACKED = "conv_1d_dsp", "conv_1d_packed_dsp"
KEPT = ("in_zero", "out_zero", "low", "high")
WORDS = (3, 4)  # inputs that are read as one word


def form(layer: Layer, call: Call) -> list[Call]:
    """By one multiplication an output where that can be, and by two; nothing where conditions do not hold."""
    windows = of_layer(layer, call)
    if windows is None or windows.window > MOST:
        return []
    real = effective_scale(layer.input(0), layer.input(1), layer.outputs[0])
    if windows.inside:
        packed, others = (kernel(layer, call, real, windows.pixels) for kernel in (packed_four, narrow))
        return [*([packed] if packed else []), *(others or [])]
    count, inputs = layer.input(1).shape[0], windows.window
    fields: dict[str, Value] = {name: call.fields[name] for name in KEPT} | windows.fields(count)
    calls, scratch = [], windows.scratch
    stream = packed_channels(layer, call, real) if count in COMMON and inputs in WORDS else None
    if stream is not None:
        of_stream = {"stream": stream[in_order(count)], "skip": 0, "last": 0, "bytes": 0}
        calls.append(Call(f"conv_1d_packed_to_{count}_dsp", fields | of_stream, scratch=scratch, source=PACKED))
    for by, of in folds(layer, call).items():
        of_channels = narrow_channels(of, -count % TURN, SAVED if by else 0)
        name = f"conv_1d_{width_of(inputs)}{by}_dsp"
        calls.append(Call(name, fields | of_channels, scratch=scratch, source=FILE))
    return calls
