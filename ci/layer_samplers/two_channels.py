"""Pictures of two channels."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D


def twelve(d: Draw) -> Graph:
    """3x3 windows of 12x12 pictures into few; no clamp inside."""
    b = Builder("twelve", (d.of(1, 1, 2, 3), 12, 12, 2), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(), "input", (d.of(1, 1, 2, 3, 4), 3, 3, 2), 0))


def thirteen(d: Draw) -> Graph:
    """3x3 windows of 13x13 pictures into one, three or four, two columns apart; no clamp inside."""
    b = Builder("thirteen", (d.upto(4), 13, 13, 2), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (d.of(1, 3, 4), 3, 3, 2), 0))


SAMPLERS: tuple[Sampler, ...] = ((twelve, 24), (thirteen, 36))
