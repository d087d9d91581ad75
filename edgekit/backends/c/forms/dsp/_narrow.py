"""Layers of few inputs, whose taps stay in registers: `firmware/src/pointwise_narrow_dsp.c`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._line import line_of
from edgekit.backends.c.forms.dsp._lines import Lines
from edgekit.backends.c.forms.dsp._pack import halves, overlapped
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold

WORD, HALF, MOST = 4, 2, 16  # inputs: of a word, of a half of one, all that stay in registers
CODE = {4: 28, 6: 32, 8: 36, 10: 44, 12: 48, 14: 56, 16: 68}  # bytes for a channel, by inputs
SAVED = 4  # bytes for a channel, of one multiplication
CODE_OF_LINE = {4: 24, 6: 28, 8: 32, 10: 36, 12: 44, 14: 48, 16: 56}  # of one without an addend
TURN = 8  # channels of a turn of the loop
PIXEL = 16  # channels at most, of the functions for one pixel
FIXED = (3, 4)  # channels that have a function of their own for 8 inputs
FILE = "pointwise_narrow_dsp"


def narrow(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> list[Call] | None:
    """The kernel's calls, by one multiplication an output and by two; None where its conditions do not hold.

    Args:
        real: multipliers.
    """
    weights: NDArray[np.int8] = layer.data(1)
    weights = weights.reshape(weights.shape[0], -1)
    count, inputs = weights.shape
    if inputs > MOST:
        return None
    zero_point = layer.input(0).zero_point
    folded = fold(weights, bias_of(layer, count), zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    width = width_of(inputs)
    fields: dict[str, Value] = {name: call.fields[name] for name in ("out_zero", "low", "high")}
    plain = (fields["low"], fields["high"]) == (-128, 127)
    name = _name(lines, inputs, count) if plain else FILE
    done = PIXEL - count if name.endswith("pixel_dsp") else -count % TURN
    fields |= {**lines.fields(count), "in_c": inputs}

    def made(name: str, of_channels: dict[str, Value]) -> Call:
        return Call(name, fields | of_channels, source=FILE)

    calls = [made(name, channels(folded, done))]
    if name != f"pointwise_{width}_dsp":
        return calls
    relu = one_line(folded, real, clamp_of(call), layer.outputs[0].zero_point, wide=True)
    if relu is not None:
        calls.insert(0, made(f"pointwise_{width}_relu_dsp", channels(relu, done, SAVED)))
    line = line_of(folded, real, clamp_of(call), layer.outputs[0].zero_point)
    if line is not None:
        calls.insert(0, made(f"pointwise_{width}_line_dsp", channels_of_line(line, done)))
    return calls


def width_of(inputs: int) -> int:
    """Inputs that the function for so many has."""
    return max(WORD, -(-inputs // HALF) * HALF)


def channels(of: Folded, done: int, saved: int = 0) -> dict[str, Value]:
    """What the functions read of channels.

    Args:
        done: channels that the first turn skips; saved: bytes for a channel that the function does without.
    """
    return _channels(stream(of), of.halves.shape[1], done, CODE, saved)


def channels_of_line(of: Folded, done: int) -> dict[str, Value]:
    """The same of `line_of`'s channels, which have no divider."""
    return _channels(stream(of)[:, :-1], of.halves.shape[1], done, CODE_OF_LINE)


def _channels(
    packed: NDArray[np.int32], inputs: int, done: int, code: Mapping[int, int], saved: int = 0
) -> dict[str, Value]:
    width = width_of(inputs)
    last = max(inputs - (width % WORD or WORD), 0)
    return {"stream": packed, "skip": done * (code[width] - saved), "bytes": packed.nbytes, "last": last}


def _name(lines: Lines, inputs: int, count: int) -> str:
    """The function for images without a clamp."""
    if lines.images > 1:
        return "pointwise_images_dsp"
    if inputs < WORD:
        return "pointwise_3_dsp"
    width = width_of(inputs)
    if lines.lines == lines.samples == 1 and count <= PIXEL:
        return f"pointwise_{width}_pixel_dsp"
    if (inputs, lines.lines, lines.step, lines.samples % 2) == (8, 1, 8, 0) and count in FIXED:
        return f"pointwise_8_to_{count}_dsp"
    return f"pointwise_{width}_dsp"


def stream(folded: Folded) -> NDArray[np.int32]:
    """(channels, words + 3): the bias, the weights as halfwords, with their factors, multiplier, divider."""
    weights = np.pad(folded.halves, ((0, 0), (0, max(0, WORD - folded.halves.shape[1]))))
    inputs, last = weights.shape[1], weights[:, :0]
    if -inputs % WORD >= HALF:  # two inputs after whole words
        weights, last = weights[:, : inputs // WORD * WORD], weights[:, -HALF:].copy()
        last[:, : HALF - inputs % WORD] = 0
    else:
        weights = np.concatenate(overlapped(weights, WORD), axis=1)
    parts = [
        folded.start.astype(np.int32)[:, None],
        np.ascontiguousarray(np.concatenate([halves(weights), last], axis=1)).view(np.int32),
        np.stack([folded.multiplier, folded.divider], axis=1).astype(np.int32),
    ]
    return np.concatenate(parts, axis=1)
