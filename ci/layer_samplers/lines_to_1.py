"""Convolutions of two, three and five channels into one, two columns apart."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D


def lines(d: Draw) -> Graph:
    """3x3 windows of images of 8, 12... rows, or one more; no clamp."""
    channels, odd = d.of(2, 3, 5), d.of(0, 1)
    width = 2 + 2 * d.upto(12) if channels == 5 else 4 + 4 * d.upto(6)
    shape = (d.upto(3), 4 + 4 * d.upto(6) + odd, width + odd, channels)
    b = Builder("lines", shape, d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (1, 3, 3, channels), 0))


SAMPLERS: tuple[Sampler, ...] = ((lines, 100),)
