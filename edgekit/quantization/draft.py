"""An int8 model before it is lowered: everything that decides its integers, for the fixes to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph
from edgekit.quantization.observe import Progress, observe_ranges
from edgekit.quantization.sharing import Parameters, assign
from edgekit.quantization.wide import closed, types, wide_layers
from edgekit.recipe import QuantizeSection

Array = NDArray[Any]


@dataclass(frozen=True)
class Draft:
    """A float graph, the ranges of its activations, and what is decided about its weights. Immutable.

    Attributes:
        reference: the user's float graph, what all errors are measured against.
        graph: the float graph that is lowered; fixes may rewrite it as long as it computes the same function.
        samples: calibration samples by input name, N on axis 0.
        section: of the recipe; fixes may change the range method.
        ranges: (low, high) by activation of `graph`.
        scales: by layer, weight scales (channels,), or (1,) when per tensor, instead of max|w| / 127.
        floors: by layer, where weights are rounded down, and where up, instead of to nearest; shaped like the weights.
        biases: by layer, the real bias (channels,) instead of the graph's.
        wide: names of the layers with int16 activations.
        known: ranges of `graph` that are known from elsewhere and are not observed.
    """

    reference: Graph
    graph: Graph
    samples: Mapping[str, Array]
    section: QuantizeSection
    ranges: Mapping[str, tuple[float, float]]
    scales: Mapping[str, Array] = field(default_factory=dict)
    floors: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    biases: Mapping[str, Array] = field(default_factory=dict)
    known: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    wide: frozenset[str] = frozenset()

    def parameters(self) -> Parameters:
        """Type and parameters of every activation, as lowering will have them."""
        wide = closed(self.graph, self.wide)
        return assign(self.graph, self.ranges, wide, types(self.graph, wide, self.section))

    @classmethod
    def of(
        cls, graph: Graph, samples: Mapping[str, Array], section: QuantizeSection, progress: Progress | None = None
    ) -> Draft:
        """The draft without any fix. Raises as `observe_ranges` does."""
        wide = wide_layers(graph, section)
        return cls(graph, graph, samples, section, observe_ranges(graph, samples, section, progress), wide=wide)

    def observed(self, graph: Graph, section: QuantizeSection, progress: Progress | None = None) -> Draft:
        """The draft of another graph of the same function or another range method, observed anew.

        What was decided about weights before, and known ranges, do not hold for other weights and are dropped.
        """
        kept = self if graph is self.graph else replace(self, scales={}, floors={}, biases={}, known={})
        ranges = {**observe_ranges(graph, self.samples, section, progress), **kept.known}
        return replace(kept, graph=graph, section=section, ranges=ranges)
