"""Convolution: pairs of channels times pairs of pixels, `firmware/src/conv_2d_dsp.c`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._pack import ORDER, TAPS, pair_weights
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

PAIR, WORD = 2, 4
FEW = 1024  # weights of a layer that may take twice their bytes
CONSTANTS = ("weights", "bias", "multiplier", "shift")
BLOCK, FINISH, SCATTER, COPY = (
    23,
    34,
    8,
    0.5,
)  # instructions: of 8 taps and of a pair's rest, two pixels each; of an output


def form(layer: Layer, call: Call) -> list[Call]:
    """With weights in pairs, and with weights as halfwords where they are few; none where the conditions do not hold."""
    x, w = layer.input(0), layer.input(1)
    weights: NDArray[np.int8] = layer.data(1)
    real = effective_scale(x, w, layer.outputs[0])
    folded = fold(weights.reshape(w.shape[0], -1), bias_of(layer, w.shape[0]), x.zero_point, real, clamp_of(call))
    if folded is None:
        return []
    blocks = -(-weights[0].size // TAPS)
    places = _computed(folded, blocks)
    computed = _in_order(folded.weights.reshape(w.shape))[places]
    kept: dict[str, Value] = {name: value for name, value in call.fields.items() if name not in CONSTANTS}
    kept |= {"blocks": blocks, "pairs": -(-places.size // PAIR), "groups": 0, "fixed": 0, "places": 0}
    if not np.array_equal(places, np.arange(w.shape[0] + w.shape[0] % PAIR)):
        kept["fixed"] = (folded.constant * ~folded.varies + call.fields["out_zero"]).clip(-128, 127).astype(np.int8)
        kept["places"] = np.resize([*places, w.shape[0]], -(-places.size // PAIR) * PAIR).astype(np.int16)
    row, rows = w.shape[2] * w.shape[3], w.shape[1]
    scratch = 32 * blocks + 3 * _whole(row) + 2 * _whole(rows * (row % WORD)) + 2 * PAIR * -(-places.size // PAIR)
    packed, found = pair_weights(computed, PAIR), []
    if packed is not None:
        found.append({"stream": _stream(packed, folded, places)})
    if weights.size <= FEW:
        halves = _halves(computed)
        found.append({"groups": halves.shape[1] // WORD, "stream": _stream_of_halves(halves, folded, places)})
    return [Call("conv_2d_dsp", kept | some, scratch=scratch) for some in found]


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


def _constants(folded: Folded, places: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """Of both channels of each pair: twice the bias, multiplier, divider."""

    def pairs(values: NDArray[Any]) -> NDArray[Any]:
        return np.pad(values[places], (0, places.size % PAIR)).reshape(-1, PAIR)

    return pairs(2 * folded.bias), pairs(folded.multiplier), pairs(folded.divider)


def _stream(packed: NDArray[np.int16], folded: Folded, places: NDArray[np.int64]) -> NDArray[np.int32]:
    """Of each pair its weights, then its constants."""
    b, m, d = _constants(folded, places)
    constants = np.stack([b[:, 0], b[:, 1], m[:, 0], d[:, 0], m[:, 1], d[:, 1]], axis=1)
    return np.concatenate([packed.view(np.int32), constants.astype(np.int32)], axis=1)


def _halves(weights: NDArray[np.int8]) -> NDArray[np.int16]:
    """(channels, taps) to twice the weights in the order that SXTB16 gives taps, both dimensions padded with zeros."""
    channels, taps = weights.shape
    wide = np.pad(2 * weights.astype(np.int16), ((0, channels % PAIR), (0, -taps % WORD)))
    return np.ascontiguousarray(wide.reshape(wide.shape[0], -1, WORD)[:, :, ORDER]).reshape(wide.shape)


def _stream_of_halves(halves: NDArray[np.int16], folded: Folded, places: NDArray[np.int64]) -> NDArray[np.int32]:
    """Of each pair the biases, its weights by four taps, the other constants."""
    b, m, d = _constants(folded, places)
    pairs = b.shape[0]
    weights = halves.reshape(pairs, PAIR, -1, WORD).transpose(0, 2, 1, 3).reshape(pairs, -1)
    rest = np.stack([m, d], axis=2).reshape(pairs, -1)
    return np.concatenate([b[:, ::-1], np.ascontiguousarray(weights).view(np.int32), rest], axis=1).astype(np.int32)
