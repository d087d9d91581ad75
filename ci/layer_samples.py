"""Random layers to measure: one-node int8 graphs from small to what real networks have, by `ci/layer_samplers/`."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from ci.layer_draw import Draw, Sampler
from edgekit import plugins
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph
from edgekit.reference import Simulator

MOST_MACS = 200_000
MOST_WEIGHTS = 20_000
MOST_INPUT = 16_384


def samplers() -> list[Sampler]:
    """Of all files, in the order of their names."""
    modules = [importlib.import_module(f"ci.layer_samplers.{name}") for name in plugins.names("ci.layer_samplers")]
    return [sampler for module in modules for sampler in module.SAMPLERS]


def samples(seed: int = 0) -> Iterator[Graph]:
    """Layers in int8, and the same with int16 activations where there is an arithmetic for them."""
    from tests.reference.wide import widened

    for graph in narrow_samples(seed):
        yield graph
        wide = widened(graph, seed)
        try:
            Simulator(wide)
        except UnsupportedError:
            continue
        yield wide


def narrow_samples(seed: int) -> Iterator[Graph]:
    """Layers of the samplers above, and of all operators the small random ones of the differential tests."""
    from tests.reference.picker import RandomPicker

    for sampler, count in samplers():
        draw = Draw(seed)
        while count:
            graph = sampler(draw)
            if _small_enough(graph):
                yield graph
                count -= 1
    special = {sampler.__name__ for sampler, _ in samplers()}
    for operator in plugins.names("tests.reference.cases"):
        module = importlib.import_module(f"tests.reference.cases.{operator}")
        for i in range(6 if operator in special else 14):
            yield module.case(RandomPicker([seed, i]))


def _small_enough(graph: Graph) -> bool:
    weights = sum(t.bytes for t in graph.tensors.values() if t.is_constant)
    inputs = max(t.bytes for t in graph.activations())
    return graph.macs() <= MOST_MACS and weights <= MOST_WEIGHTS and inputs <= MOST_INPUT
