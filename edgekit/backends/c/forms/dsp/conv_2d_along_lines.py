"""Convolution along one axis, windows of few inputs: `firmware/src/conv_1d_dsp.c`, and by words of outputs
`conv_1d_packed_dsp.c` and `conv_1d_five_dsp.c`.

Where no window has padding, windows are pixels of 1x1 convolutions as they lie, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp import conv_2d_packed
from edgekit.backends.c.forms.dsp._line import line_of
from edgekit.backends.c.forms.dsp._narrow import MOST, TURN, WORD, channels, channels_of_line, narrow, width_of
from edgekit.backends.c.forms.dsp._packed_four import COMMON, in_order, packed_four
from edgekit.backends.c.forms.dsp._packed_four import channels as channels_of_four
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.backends.c.forms.dsp._windows import Windows, of_layer
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
FILE, PACKED, FIVE = "conv_1d_dsp", "conv_1d_packed_dsp", "conv_1d_five_dsp"
KEPT = ("in_zero", "out_zero", "low", "high")
WORDS = (3, 4)  # inputs that are read as one word
STEPS, FIVES = {1: "", 2: "_by_2"}, (4, 8, 16, 32, 64)  # of windows of five inputs; their channels
EXACT = (8, 16)  # channels that have functions of their own
NONE: dict[str, Value] = {"skip": 0, "last": 0, "bytes": 0, "offset": 0, "fifth": 0}  # what not all functions read


def form(layer: Layer, call: Call) -> list[Call]:
    """By one multiplication an output where that can be, and by two; nothing where conditions do not hold."""
    windows = of_layer(layer, call)
    if windows is None or windows.window > MOST:
        return []
    count, calls = layer.input(1).shape[0], []
    if windows.inside:
        real = effective_scale(layer.input(0), layer.input(1), layer.outputs[0])
        packed = packed_four(layer, call, real, windows.pixels)
        calls = [*([packed] if packed else []), *(narrow(layer, call, real, windows.pixels) or [])]
    fields = NONE | {name: call.fields[name] for name in KEPT} | windows.fields(count)
    return calls + [
        Call(f"conv_1d_{name}_dsp", fields | of_channels, scratch=windows.scratch, source=source)
        for found in (_packed, _narrow)
        for source, name, of_channels in found(layer, call, windows)
    ]


Found = Iterator[tuple[str, str, dict[str, Value]]]  # file, function, what it reads of channels


def _packed(layer: Layer, call: Call, windows: Windows) -> Found:
    count, inputs = layer.input(1).shape[0], windows.window
    if inputs in WORDS and count in COMMON:
        real = effective_scale(layer.input(0), layer.input(1), layer.outputs[0])
        stream = channels_of_four(layer, call, real)
        if stream is not None:
            yield PACKED, f"packed_to_{count}", {"stream": stream[in_order(count)]}
    if inputs == conv_2d_packed.INPUTS and windows.step in STEPS and count in FIVES:
        five = conv_2d_packed.channels(layer, call)
        if five is not None:
            yield FIVE, f"five_to_{count}{STEPS[windows.step]}", five


def _narrow(layer: Layer, call: Call, windows: Windows) -> Found:
    count, x, y = layer.input(1).shape[0], layer.input(0), layer.outputs[0]
    real, clamp = effective_scale(x, layer.input(1), y), clamp_of(call)
    weights = layer.data(1).reshape(count, -1)
    folded = fold(weights, bias_of(layer, count), x.zero_point, real, clamp, wide=True)
    if folded is None:
        return
    width, done = width_of(windows.window), -count % TURN
    name = f"{width}_to_{count}" if count in EXACT else str(width)
    line = line_of(folded, real, clamp, y.zero_point)
    if line is not None:
        of = channels_of_line(line, done)
        if width == WORD and count in EXACT:
            yield FILE, f"pairs_to_{count}_relu", of
        yield FILE, f"{name}_relu", of
    yield FILE, name, channels(folded, done)
