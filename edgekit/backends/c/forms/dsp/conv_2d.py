"""Convolution: pairs of channels times pairs of pixels, `firmware/src/conv_2d_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._pack import TAPS, pair_weights, paired
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

FILE = "conv_2d_dsp"
PAIR, WORD = 2, 4
CONSTANTS = ("weights", "bias", "multiplier", "shift")
BLOCK, FINISH, SCATTER, COPY = (
    23,
    34,
    8,
    0.5,
)  # instructions: of 8 taps and of a pair's rest, two pixels each; of an output


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    x, w = layer.input(0), layer.input(1)
    weights: NDArray[np.int8] = layer.data(1)
    real = effective_scale(x, w, layer.outputs[0])
    bias, clamp = bias_of(layer, w.shape[0]), clamp_of(call)
    folded = fold(weights.reshape(w.shape[0], -1), bias, x.zero_point, real, clamp)
    if folded is None:
        return None
    blocks = -(-weights[0].size // TAPS)
    places = _computed(folded, blocks)
    packed = pair_weights(_in_order(folded.weights.reshape(w.shape))[places], PAIR)
    if packed is None:
        return None
    kept: dict[str, Value] = {name: value for name, value in call.fields.items() if name not in CONSTANTS}
    kept |= {"blocks": blocks, "pairs": -(-places.size // PAIR), "fixed": 0, "places": 0}
    if not np.array_equal(places, np.arange(w.shape[0] + w.shape[0] % PAIR)):
        kept["fixed"] = (folded.constant * ~folded.varies + call.fields["out_zero"]).clip(-128, 127).astype(np.int8)
        kept["places"] = np.resize([*places, w.shape[0]], -(-places.size // PAIR) * PAIR).astype(np.int16)
    row, rows = w.shape[2] * w.shape[3], w.shape[1]
    scratch = 32 * blocks + 3 * _whole(row) + 2 * _whole(rows * (row % WORD)) + 2 * PAIR * -(-places.size // PAIR)
    made = (("conv_2d_relu_dsp", one_line(folded, real, clamp, layer.outputs[0].zero_point)), (FILE, folded))
    return [
        Call(kernel, kept | {"stream": _stream(packed, of, places)}, scratch=scratch, source=FILE)
        for kernel, of in made
        if of is not None
    ]


def _whole(count: int) -> int:
    return -(-count // WORD) * WORD


def _in_order(weights: NDArray[np.int8]) -> NDArray[np.int8]:
    """(channels, taps): whole words of every kernel row, then what is left of the rows."""
    channels, rows = weights.shape[:2]
    taps = weights.reshape(channels, rows, -1)
    direct = taps.shape[2] // WORD * WORD
    return np.concatenate([t.reshape(channels, -1) for t in (taps[:, :, :direct], taps[:, :, direct:])], axis=1)


def _computed(folded: Folded, blocks: int) -> NDArray[np.int64]:
    """The channels to compute: all, or those that are no constants where that is cheaper or the number is odd."""
    count, live = folded.varies.size, np.flatnonzero(folded.varies)
    live = live if live.size else np.zeros(1, np.int64)
    saved = (count - live.size) / PAIR * (BLOCK * blocks + FINISH)
    cheaper = saved > PAIR * (SCATTER * live.size + COPY * count) and count < 1 << 15  # places are int16
    return live if cheaper else np.arange(count)


def _stream(packed: NDArray[np.int16], folded: Folded, places: NDArray[np.int64]) -> NDArray[np.int32]:
    """Of each pair its weights, then its constants."""
    b, m, d = paired(folded, places)
    constants = np.stack([b[:, 0], b[:, 1], m[:, 0], d[:, 0], m[:, 1], d[:, 1]], axis=1)
    return np.concatenate([packed.view(np.int32), constants.astype(np.int32)], axis=1)
