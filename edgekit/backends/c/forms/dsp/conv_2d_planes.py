"""Convolution of two to five channels into few: `firmware/src/conv_2d_planes_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._requantize import Folded
from edgekit.backends.c.forms.dsp._rows import SIDE, fields_of, folded_rows, padding

OPERATOR = "conv_2d"
WORD = 4
PAIRS = {2: ((0, 1),), 3: ((0, 2),), 4: ((0, 2), (1, 3)), 5: ((0, 2), (1, 3), (4, None))}  # of planes, by channels
MIDDLE = 1  # of three channels
FURTHEST = {2: 2, 3: 1, 4: 2, 5: 2}  # pixels from one output to the next, by channels


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold: that lines are fours and threes of outputs, too."""
    found = folded_rows(layer, call) if layer.input(0).shape[-1] in PAIRS else None
    if found is None:
        return None
    f, folded = found
    in_c, apart, threes = f["in_c"], f["stride_w"], -f["out_w"] % 4
    fours = (f["out_w"] - 3 * threes) // 4
    if apart > FURTHEST[in_c] or fours < 0 or padding(f) > 1:
        return None
    stream = _stream(folded, in_c)
    planes, plane = -(-in_c // 2), WORD * (1 + f["in_w"])
    loaded = 3 * WORD * apart  # of a plane when what is left of it is loaded
    last = (SIDE * planes - 1) * plane + loaded
    fields, rows = fields_of(layer, f, planes * plane, 1)
    fields |= {"fours": f["in_w"] // 4, "ones": f["in_w"] % 4, "plane": plane, "advance": plane - loaded}
    fields |= {"start": (1 - f["pad_left"]) * WORD, "span": f["out_w"] * WORD * apart}
    fields |= {"back_4": 4 * WORD * apart - last, "back_3": 3 * WORD * apart - last}
    fields |= {"span_4": 4 * fours * WORD * apart, "wide": stream[0].nbytes, "stream": stream.reshape(-1)}
    name = f"conv_2d_planes_{in_c}{'_apart' * (apart == 2)}_dsp"
    return Call(name, fields, scratch=rows * planes * plane + 5 * WORD, source="conv_2d_planes_dsp")


def _stream(folded: Folded, in_c: int) -> NDArray[np.int32]:
    """(channels, words): weights of each row's planes, the bias behind the first three words, multiplier, divider."""
    w = folded.halves.reshape(-1, SIDE, SIDE, in_c)
    none = np.zeros_like(w[:, :, :, :1])
    wide = np.concatenate([w, none], axis=3)
    parts = [wide[:, :, :, [a, in_c if b is None else b]] for a, b in PAIRS[in_c]]  # (channels, rows, columns, 2)
    if in_c == 3:
        columns = np.concatenate([w[:, :, [1, 0, 2], MIDDLE], none[:, :, 0]], axis=2)
        parts.append(columns.reshape(-1, SIDE, 2, 2))
    words = np.ascontiguousarray(np.concatenate(parts, axis=2)).view(np.int32).reshape(len(w), -1)
    words = np.insert(words, SIDE, folded.start, axis=1)
    constants = np.stack([folded.multiplier, folded.divider], axis=1)
    return np.concatenate([words, constants], axis=1).astype(np.int32)
