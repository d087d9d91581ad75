"""Convolutions of one channel whose kernels are for one size."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D


def twelve(d: Draw) -> Graph:
    """Windows of 3x3 in 12x12 pixels; no clamp inside."""
    b = Builder("twelve", (d.upto(4), 12, 12, 1), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(), "input", (d.of(1, 3), 3, 3, 1), 0))


def thirteen(d: Draw) -> Graph:
    """Windows of 3x3 in 13x13 pixels, two columns apart; no clamp inside."""
    b = Builder("thirteen", (d.upto(4), 13, 13, 1), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (d.of(1, 3, 4), 3, 3, 1), 0))


SAMPLERS: tuple[Sampler, ...] = ((twelve, 16), (thirteen, 20))
