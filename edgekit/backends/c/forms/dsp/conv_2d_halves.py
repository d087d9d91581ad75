"""Convolution of so few weights that they may take two bytes each: `firmware/src/conv_2d_halves_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._bands import bands
from edgekit.backends.c.forms.dsp._pack import halves, stream_of_halves
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR, FILE = "conv_2d", "conv_2d_halves_dsp"
FEW = 4096  # weights of a layer that may take twice their bytes
WORD = 4
THREE, TOGETHER = 3, (6, 9)  # rows of a kernel whose ends share words, if they have so many taps


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    weights = layer.data(1)
    found = bands(layer, call)
    if found is None or weights.shape[2] * weights.shape[3] < WORD or weights.size > FEW:
        return None
    fields, band = found
    calls = []
    for by, of in folds(layer, call).items():
        taps = in_order(of.halves.reshape(weights.shape))
        groups = taps.shape[1] // WORD
        packed = {"groups": groups, "stream": stream(taps, of)}
        calls.append(Call(f"conv_2d_halves{by}_dsp", fields | packed, scratch=16 * groups + band, source=FILE))
    return calls


def folds(layer: Layer, call: Call) -> dict[str, Folded]:
    """By one multiplication an output (`_relu`) where that can be, and by two, where it can."""
    real = effective_scale(layer.input(0), layer.input(1), layer.outputs[0])
    flat = layer.data(1).reshape(layer.input(1).shape[0], -1)
    folded = fold(flat, bias_of(layer, flat.shape[0]), layer.input(0).zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return {}
    line = one_line(folded, real, clamp_of(call), layer.outputs[0].zero_point, wide=True)
    return {"": folded} if line is None else {"_relu": line, "": folded}


def in_order(weights: NDArray[np.int16]) -> NDArray[np.int16]:
    """(channels, taps) in whole words, as the kernel expands them."""
    channels, rows = weights.shape[:2]
    taps = weights.reshape(channels, rows, -1)
    count = taps.shape[2]
    whole, rest = count // WORD, count % WORD
    words = taps[:, :, : whole * WORD].reshape(channels, rows, whole, WORD)
    if rest == 0 or (rows == THREE and count in TOGETHER):
        ends = taps[:, :, whole * WORD :].reshape(channels, -1)
        ends = np.pad(ends, ((0, 0), (0, -ends.shape[1] % WORD)))
    else:  # the last word of each row, without what another word has
        last = taps[:, :, count - WORD :].copy()
        last[:, :, : WORD - rest] = 0
        if rows != THREE:
            words = np.concatenate([words, last[:, :, None]], axis=2)
            last = last[:, :0]
        ends = last.reshape(channels, -1)
    if rows == THREE:
        words = words.transpose(0, 2, 1, 3)
    return np.concatenate([words.reshape(channels, -1), ends], axis=1)


def stream(taps: NDArray[np.int16], folded: Folded) -> NDArray[np.int32]:
    """Pairs of channels, then an odd last one."""
    even = taps.shape[0] // 2 * 2
    parts = []
    if even:
        parts.append(stream_of_halves(taps[:even], folded, np.arange(even)).reshape(-1))
    if even < taps.shape[0]:
        words = np.ascontiguousarray(halves(taps[even:])).view(np.int32).reshape(-1)
        constants = [values[even:] for values in (folded.start, folded.multiplier, folded.divider)]
        parts.append(np.concatenate([words[:2], constants[0], words[2:], *constants[1:]]))
    return np.concatenate(parts).astype(np.int32)
