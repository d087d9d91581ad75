"""Fully connected layers of whole 64 inputs into a multiple of 8 units."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.fully_connected import FullyConnected


def turns(d: Draw) -> Graph:
    chunks = d.turn((2, 2, 2 + d.upto(8)))
    b = Builder("turns", (d.of(1, 1, 1, 2, 3), 64 * chunks), d.of(*range(1000)))
    return b.ended(b.weighted(FullyConnected(), "input", (8 * d.upto(max(1, 38 // chunks)), 64 * chunks), 0))


SAMPLERS: tuple[Sampler, ...] = ((turns, 60),)
