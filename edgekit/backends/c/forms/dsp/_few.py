"""Layers of few outputs, whose inputs are expanded for every block: `firmware/src/fully_connected_few_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._lines import Lines
from edgekit.backends.c.forms.dsp._pack import halves, overlapped
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold

FEW = 2048  # weights of a layer that may take twice their bytes
LEAST, EIGHT = 4, 8  # inputs
FOUR = 4  # outputs
TURN = 32  # inputs of a turn of the loops
CODE = {4: 52, 3: 40, 2: 32, 1: 44}  # bytes of the code that takes four inputs, eight of a single channel
ALIGNED = 40  # of a single channel whose inputs lie in whole words
TAIL = {1: 0, 2: 8, 3: 12, 0: 16}  # EK_FEW_
TAIL_ALIGNED = 4
ALONE, MOST_ALONE = (2, 3, 4), TURN + LEAST  # outputs and inputs of the functions for one sample
FILE = "fully_connected_few_dsp"


def few(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> Call | None:
    """The kernel's call; None where its conditions do not hold.

    Args:
        real: multipliers.
    """
    weights: NDArray[np.int8] = layer.data(1)
    weights = weights.reshape(weights.shape[0], -1)
    count, inputs = weights.shape
    rest = count % FOUR
    if inputs < (EIGHT if rest == 1 else LEAST):
        return None
    folded = fold(weights, bias_of(layer, count), layer.input(0).zero_point, real, clamp_of(call), wide=True)
    if folded is None or (weights.size > FEW and folded.plain):
        return None
    zero, low, high = (int(call.fields[name]) for name in ("out_zero", "low", "high"))  # type: ignore[arg-type]
    whole, last = stream(folded, zero)
    aligned = rest == 1 and inputs % LEAST == 0
    tail = TAIL_ALIGNED if aligned else TAIL[rest]
    fields: dict[str, Value] = {"stream": np.concatenate([whole, last]), "bytes": whole.nbytes, "last": inputs - LEAST}
    fields |= {"skip": skip(inputs, FOUR, CODE[FOUR])}
    fields |= {"tail_skip": skip(inputs, rest, ALIGNED if aligned else CODE[rest]) if rest else 0}
    fields |= {"tail": tail, "first": TAIL[0] if count >= FOUR else tail, **lines.fields(count)}
    fields |= {"in_c": inputs, "low": low, "high": high}
    plain = lines.images == 1 and (low, high) == (-128, 127)
    name = "fully_connected_few_plain_dsp" if plain else FILE
    if plain and lines.lines == lines.samples == 1 and count in ALONE and inputs <= MOST_ALONE:
        name = f"fully_connected_to_{count}_dsp"
    return Call(name, fields, source=FILE)


def skip(inputs: int, channels: int, code: int) -> int:
    """Bytes of the loop's first turn that are not run, `code` for each word: all where the last inputs are all."""
    width = EIGHT if channels == 1 else LEAST
    words, turn = (inputs - 1) // width, TURN // width
    return code * (-words % turn if words else turn)


def stream(folded: Folded, zero: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Weights and constants of the fours, then of the last channels."""
    count = folded.bias.size
    whole, none = count // FOUR * FOUR, np.zeros(0, np.int32)
    return (
        _channels(folded, slice(0, whole), LEAST, FOUR, zero) if whole else none,
        _channels(folded, slice(whole, count), EIGHT if count - whole == 1 else LEAST, count - whole, zero)
        if whole < count
        else none,
    )


def _channels(folded: Folded, own: slice, width: int, together: int, zero: int) -> NDArray[np.int32]:
    """Of each `together` channels the weights of the last `width` inputs, biases, other weights, constants."""
    first, last = (_in_turn(part, width, together) for part in overlapped(folded.halves[own], width))
    start = folded.start[own].reshape(-1, together)
    rest = np.stack([folded.multiplier[own], folded.divider[own]], axis=1).reshape(-1, 2 * together)
    half = FOUR if together == FOUR else last.shape[1]  # where the biases are, and the zero point
    rest = np.insert(rest, min(half, 2 * together), zero, axis=1)
    return np.concatenate([last[:, :half], start, last[:, half:], first, rest], axis=1).astype(np.int32).reshape(-1)


def _in_turn(weights: NDArray[np.int16], width: int, together: int) -> NDArray[np.int32]:
    """(channels, taps) to (channels / together, words): of four taps the first two of each channel, then the others; of
    all fours of `width` taps in turn."""
    groups, words = weights.shape[0] // together, weights.shape[1] // LEAST
    turns = halves(weights).reshape(groups, together, words, 2, 2).transpose(0, 2, 3, 1, 4)
    return np.ascontiguousarray(turns).reshape(groups, 2 * words * together * 2).view(np.int32)
