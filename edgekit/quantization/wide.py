"""Which layers compute on int16 activations (16x8), and what type every activation has because of it."""

from __future__ import annotations

from collections.abc import Iterable

from edgekit.errors import InputError, UnsupportedError
from edgekit.graph import Graph, brief
from edgekit.quantization.rule import rule_of
from edgekit.recipe import QuantizeSection

NARROW, WIDE = "int8", "int16"


def wide_layers(graph: Graph, section: QuantizeSection) -> frozenset[str]:
    """Names of the layers that `[quantize]` wants in int16: all, or those of its list.

    Raises:
        InputError: there is no such layer. UnsupportedError: its operator has no int16 form.
    """
    known = {node.name: node for node in graph.nodes}
    for name in section.int16:
        if name not in known:
            raise InputError(
                f"int16: {name}", "no layer has this name",
                f"layers are named by their output: {', '.join(brief(n) for n in list(known)[:8])}, ...",
            )  # fmt: skip
    chosen = known if section.activations == WIDE else section.int16
    for name in chosen:
        if not rule_of(known[name]).wide:
            raise UnsupportedError(
                f"layer {name} ({known[name].op.name})", "has no form with int16 activations in any runtime",
                "leave it in int8: list the layers that shall be int16 in int16 = [...]",
            )  # fmt: skip
    return frozenset(chosen)


def closed(graph: Graph, layers: Iterable[str]) -> frozenset[str]:
    """The layers, and those that only move what comes out of them: values would gain nothing from int8 between."""
    found = set(layers)
    for node in graph.nodes:
        rule = rule_of(node)
        if rule.same and rule.wide and found & set(node.inputs):
            found.add(node.name)
    return frozenset(found)


def types(graph: Graph, wide: frozenset[str], section: QuantizeSection) -> dict[str, str]:
    """Type of every activation: that of the layer which writes it, of an input what the section says."""
    consumers = graph.consumers()
    found = {}
    for name in graph.inputs:
        given = section.inputs
        if given == "float32":  # quantized inside, once: to what some consumer needs
            given = WIDE if any(node.name in wide for node in consumers.get(name, [])) else NARROW
        found[name] = given
    for node in graph.nodes:
        for name in node.outputs:
            found[name] = WIDE if node.name in wide else NARROW
    return found
