"""Entropy: the clipping threshold whose int8 distribution diverges least from the real one (Kullback and Leibler).

Source: S. Migacz, "8-bit Inference with TensorRT", GTC 2017; ONNX Runtime's entropy calibrator is of the same kind.
For every candidate threshold t:

    P = the histogram within the threshold, with everything beyond it added to its outermost bins
    Q = the histogram within the threshold, each of the int8 levels' bins replaced by the mean of their non-empty bins
    t = argmin KL(P || Q)

One threshold bounds both signs, as in the source, but the range ends at the extremes where these come first: an
activation that is never negative keeps all 256 levels for its positive side. Exact zeros are left out, since every
int8 grid holds 0 exactly; rectified activations would otherwise be nothing but zeros.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.quantization.histogram import Histogram
from edgekit.quantization.ranges import Values
from edgekit.recipe import QuantizeSection

LEVELS = 256
STRIDE = 8  # bins from one candidate threshold to the next


class Observer:
    """Search over a histogram."""

    def __init__(self, section: QuantizeSection) -> None:
        self._histogram = Histogram()

    def update(self, values: Values) -> None:
        self._histogram.update(values)

    def range(self) -> tuple[float, float]:
        h = self._histogram
        if h.width is None:
            return h.low, h.high
        below, above = h.extent()  # bins in use on either side of 0
        largest = max(below, above)
        middle = len(h.counts) // 2
        best, threshold = np.inf, largest
        for t in range(largest, LEVELS // 2 - 1, -STRIDE):  # from wide to narrow: of equals the widest wins
            left, right = min(below, t), min(above, t)
            if left + right < LEVELS:
                break
            divergence = _divergence(h.counts[: middle - left], h.counts[middle - left : middle + right],
                                     h.counts[middle + right :])  # fmt: skip
            if divergence < best:
                best, threshold = divergence, t
        return max(h.low, -threshold * h.width), min(h.high, threshold * h.width)


def _divergence(under: NDArray[np.int64], kept: NDArray[np.int64], over: NDArray[np.int64]) -> float:
    """KL(P || Q) for the bins `kept`, with those `under` and `over` the range clipped to its ends."""
    p = kept.astype(np.float64)
    p[0] += under.sum()
    p[-1] += over.sum()
    filled = kept > 0
    starts = np.arange(LEVELS) * kept.size // LEVELS
    mass, bins = np.add.reduceat(kept, starts), np.add.reduceat(filled.astype(np.int64), starts)
    mean = mass / np.maximum(bins, 1)
    q = np.repeat(mean, np.diff([*starts, kept.size])) * filled
    if not q.sum():
        return float("inf")
    p, q = p / p.sum(), q / q.sum()
    used = p > 0
    # an end bin that only clipping filled has no counterpart in Q: a small floor makes it costly, not infinite
    return float(np.sum(p[used] * np.log(p[used] / np.maximum(q[used], 1e-9))))
