"""3x3 windows of one channel whose kernels are for one size of pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._requantize import Folded, sequence
from edgekit.backends.c.forms.dsp._threaded import Windows, windows

HALF = 1 << 15
UNSIGNED = 128  # what makes int8 unsigned
Words = NDArray[np.integer]


def padded(layer: Layer, call: Call, side: int, stride: int) -> Windows | None:
    """The windows of a layer of one channel of `side` x `side` pixels, padded on all sides; None for others."""
    found = windows(layer, call, inputs=1)
    if found is None or found.padded != (1, 1):
        return None
    return found if [found.f[name] for name in ("stride_w", "in_h", "in_w")] == [stride, side, side] else None


def biases(found: Windows) -> dict[tuple[int, str], NDArray[np.int64]]:
    """Of the top, what is between and the bottom, from 0 on, and of a side: left, main, right."""
    sides = ("left", "main", "right")
    return {(i, side): found.table(lines, side)[0] for i, lines in enumerate(found.lines) for side in sides}


def fields(found: Windows, words: list[Words]) -> dict[str, Value]:
    """words: of all channels one after the other, in the order of the stream."""
    stream = np.stack(words, axis=1).astype(np.int32)
    return {"stream": stream.reshape(-1), "bytes": stream.nbytes, "images": found.f["batches"]}


def halfwords(folded: Folded, zero: int) -> bool:
    """Whether all outputs are within a halfword before they are clamped, whatever the inputs."""
    w = folded.halves.astype(np.int64)
    for i, start in enumerate(folded.start):
        ends = start + np.stack([np.minimum(-128 * w[i], 127 * w[i]).sum(), np.maximum(-128 * w[i], 127 * w[i]).sum()])
        low, high = sequence(ends, int(folded.multiplier[i]), int(folded.divider[i]), factor=1) + zero
        if low < -HALF or high >= HALF:
            return False
    return True
