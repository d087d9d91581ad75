"""Transposed convolutions."""

from __future__ import annotations

from ci.layer_draw import Draw, Sampler, weighted
from edgekit.graph import Graph
from edgekit.graph.ops.transpose_conv import TransposeConv


def transposed(d: Draw) -> Graph:
    """Kernels as large as the stride, and larger; of every number of channels, outputs of all sizes that there are."""
    (h, w), in_c = (side + 3 for side in (d.upto(14), d.upto(14))), d.channels(64)
    kh, kw, sh, sw = d.turn((
        (2, 2, 2, 2), (3, 3, 2, 2), (4, 4, 2, 2), (2, 2, 2, 2), (5, 5, 2, 2), (3, 3, 1, 1), (3, 4, 3, 2), (1, 4, 1, 2),
        (6, 6, 2, 2), (4, 4, 4, 4), (3, 3, 3, 3), (1, 7, 1, 2),
    ))  # fmt: skip
    same = d.of(0, 1, 1)
    size = (
        (h * sh - d.of(0, 0, sh - 1), w * sw - d.of(0, 0, sw - 1)) if same else ((h - 1) * sh + kh, (w - 1) * sw + kw)
    )
    op = TransposeConv(size, (sh, sw), "same" if same else "valid", d.activation())
    return weighted(op, d, (d.channels(40), kh, kw, in_c), 0, (d.of(1, 1, 1, 2), h, w, in_c))


def transposed_fours(d: Draw) -> Graph:
    """Into fours of channels, of windows of all numbers of vectors that have functions of their own."""
    side, in_c = d.turn((
        (2, 16), (2, 32), (2, 48), (2, 64), (2, 128), (2, 144), (2, 80), (4, 12), (4, 16), (4, 32), (4, 36), (4, 24),
        (3, 16), (3, 32), (5, 16), (4, 68),
    ))  # fmt: skip
    h, w = d.upto(8) + 1, d.upto(12) + 1
    op = TransposeConv((2 * h, 2 * w), (2, 2), "same")
    return weighted(op, d, (4 * d.upto(8), side, side, in_c), 0, (1, h, w, in_c))


SAMPLERS: tuple[Sampler, ...] = ((transposed, 72), (transposed_fours, 48))
