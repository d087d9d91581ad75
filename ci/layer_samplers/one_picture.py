"""Convolutions of one channel whose kernels are for one picture of one size."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D


def thirteen_alone(d: Draw) -> Graph:
    """Windows of 3x3 in 13x13 pixels, two columns apart, into one channel; no clamp inside."""
    b = Builder("thirteen_alone", (1, 13, 13, 1), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (1, 3, 3, 1), 0))


SAMPLERS: tuple[Sampler, ...] = ((thirteen_alone, 8),)
