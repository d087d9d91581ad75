"""Convolution of 3x3 taps of few channels into few: `firmware/src/conv_2d_planes_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
FEW = 4096  # weights of a layer that may take twice their bytes
ROWS = 3
WORD = 4
ROOM = 4096  # bytes of scratch, if one line of outputs does not need more
PAIRS = {2: ((0, 1),), 3: ((0, 2),), 4: ((0, 2), (1, 3)), 5: ((0, 2), (1, 3), (4, None))}  # of planes, by channels
MIDDLE = 1  # of three channels
KEPT = ("batches", "in_h", "out_h", "out_w", "out_c", "stride_h", "pad_top", "out_zero", "low", "high")


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f: dict[str, int] = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    weights, in_c, x, apart = layer.data(1), f["in_c"], layer.input(0), f["stride_w"]
    dilated = f["dilation_h"] != 1 or f["dilation_w"] != 1
    if weights.shape[1:] != (ROWS, ROWS, in_c) or in_c not in PAIRS or dilated or weights.size > FEW:
        return None
    threes = -f["out_w"] % 4
    fours = (f["out_w"] - 3 * threes) // 4
    if apart > 2 or fours < 0:
        return None
    flat = weights.reshape(weights.shape[0], -1)
    real = effective_scale(x, layer.input(1), layer.outputs[0])
    folded = fold(flat, bias_of(layer, flat.shape[0]), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    stream = _stream(folded, in_c)
    planes, plane = -(-in_c // 2), WORD * (1 + f["in_w"])
    pitch, loaded = planes * plane, 3 * WORD * apart  # loaded: where what is left of a plane is not
    lines = f["out_h"]
    while lines > 1 and _rows(f, lines) * pitch > ROOM:
        lines -= 1
    last = (ROWS * planes - 1) * plane + loaded
    fields: dict[str, Value] = {name: f[name] for name in KEPT}
    fields |= {"fours": f["in_w"] // 4, "ones": f["in_w"] % 4, "in_zero": _twice(x.zero_point), "plane": plane}
    fields |= {"in_size": f["in_h"] * f["in_w"] * in_c, "in_row": f["in_w"] * in_c, "pitch": pitch}
    fields |= {"start": (1 - f["pad_left"]) * WORD, "advance": plane - loaded, "lines": lines}
    fields |= {"back_4": 4 * WORD * apart - last, "back_3": 3 * WORD * apart - last}
    fields |= {"span_4": 4 * fours * WORD * apart, "span": f["out_w"] * WORD * apart}
    fields |= {"wide": stream[0].nbytes, "stream": stream.reshape(-1)}
    name = f"conv_2d_planes_{in_c}{'_apart' * (apart == 2)}_dsp"
    return Call(name, fields, scratch=_rows(f, lines) * pitch + 5 * WORD, source="conv_2d_planes_dsp")


def _rows(fields: dict[str, int], lines: int) -> int:
    """Rows of the input that so many lines of outputs read."""
    return (lines - 1) * fields["stride_h"] + ROWS


def _twice(value: int) -> int:
    """Two halfwords as an int32."""
    return int(np.array([value, value], np.int16).view(np.int32)[0])


def _stream(folded: Folded, in_c: int) -> NDArray[np.int32]:
    """(channels, words): weights of each row's planes, the bias behind the first three words, multiplier, divider."""
    w = folded.halves.reshape(-1, ROWS, 3, in_c)
    none = np.zeros_like(w[:, :, :, :1])
    wide = np.concatenate([w, none], axis=3)
    parts = [wide[:, :, :, [a, in_c if b is None else b]] for a, b in PAIRS[in_c]]  # (channels, rows, columns, 2)
    if in_c == 3:
        columns = np.concatenate([w[:, :, [1, 0, 2], MIDDLE], none[:, :, 0]], axis=2)
        parts.append(columns.reshape(-1, ROWS, 2, 2))
    words = np.ascontiguousarray(np.concatenate(parts, axis=2)).view(np.int32).reshape(len(w), -1)
    words = np.insert(words, 3, folded.start, axis=1)
    constants = np.stack([folded.multiplier, folded.divider], axis=1)
    return np.concatenate([words, constants], axis=1).astype(np.int32)
