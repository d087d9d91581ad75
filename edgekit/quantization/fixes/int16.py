"""16x8: int16 activations for the layers whose int8 activations hurt most, more of them until it is enough.

What a layer writes keeps 16 bits only as far as others read 16 bits: with a layer those that read it become 16x8 too,
through operators that only move values. Weights stay int8, so layers that lose by their weights gain nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from edgekit.graph import Graph, brief
from edgekit.quantization.draft import Draft
from edgekit.quantization.isolation import isolate
from edgekit.quantization.observe import Progress
from edgekit.quantization.rule import rule_of

COST = 200
ABOUT = "int16 activations (16x8) for the layers that hurt most"
ON_DEVICE = True  # costs RAM and time there, and not every target has it
NAMED = 3  # layers that a row of the table names


def steps(draft: Draft, progress: Progress | None) -> Iterator[tuple[str, Draft]]:
    """What is done, and the draft with 1, 2, 4, ... of the worst layers in int16, in the end with all of them."""
    wide = {node.name for node in draft.graph.nodes if rule_of(node).wide}
    alone = sorted(isolate(draft, progress=progress), key=lambda one: one.activation)
    ranked = [one.layer for one in alone if one.layer in wide - draft.wide]
    count = 1
    while ranked:
        chosen = draft.wide.union(*(_around(draft.graph, name, wide) for name in ranked[:count]))
        names = ", ".join(brief(name) for name in ranked[: min(count, NAMED)])
        more = f" and {count - NAMED} more" if NAMED < count < len(ranked) else ""
        text = f"{names}{more}" if count < len(ranked) else "all layers"
        yield f"int16 activations (16x8) around {text}", replace(draft, wide=frozenset(chosen))
        if count >= len(ranked):
            return
        count *= 2


def apply(draft: Draft, progress: Progress | None) -> Draft:
    """The first step."""
    return next((changed for _, changed in steps(draft, progress)), draft)


def _around(graph: Graph, name: str, wide: set[str]) -> set[str]:
    """The layer and those that read what it writes."""
    consumers, found, pending = graph.consumers(), {name}, [name]
    while pending:
        for node in consumers.get(pending.pop(), []):
            if node.name in wide and node.name not in found:
                found.add(node.name)
                if rule_of(node).same:
                    pending += node.outputs
    return found
