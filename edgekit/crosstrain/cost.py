"""What a network costs on a device, told from the graph that a build would make of it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgekit.graph import Graph
from edgekit.recipe import Recipe

if TYPE_CHECKING:
    import torch

    from edgekit.train.network import Signature


@dataclass(frozen=True)
class Cost:
    """Multiply-accumulates of one inference, parameters (batch norms folded), bytes of all constants in int8."""

    macs: int
    parameters: int
    bytes: int


def float_graph(recipe: Recipe, network: torch.nn.Module, signature: Signature) -> Graph:
    """The float graph of `network`, exported and rewritten as a build would. Raises what `export_onnx` raises."""
    from edgekit import frontend, passes
    from edgekit.train import export

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{recipe.name}.onnx"
        export.write(recipe, network, signature, path)
        return passes.optimize(frontend.load(path))


def cost_of(graph: Graph) -> Cost:
    """Of a float or an int8 graph."""
    from edgekit.pipeline.memory import memory_of

    return Cost(graph.macs(), graph.parameters(), memory_of(graph).weights)
