"""Budgets of pruning: how many blocks of channels must go until all are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from edgekit.crosstrain.channels import counted
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph
from edgekit.recipe import PruneSection, Recipe

if TYPE_CHECKING:
    from edgekit.target import Target
    from edgekit.train.network import Signature
    from edgekit.zoo.data import Data

SAMPLES = 32  # calibration samples of the draft that a target is asked about: sizes do not depend on ranges


@dataclass(frozen=True)
class Verdict:
    """Whether all budgets are kept, and what was found, for people."""

    kept: bool
    text: str


class Budget:
    """The budgets of a recipe, for a network of the size that it had at first.

    Parameters are those of convolutions and fully connected layers, into which batch norms are folded.

    Args:
        network: at first. data: gives the samples by which a draft is quantized.
    """

    def __init__(self, recipe: Recipe, data: Data, network: nn.Module, signature: Signature) -> None:
        assert recipe.prune is not None
        self.recipe, self.data, self.signature, self.section = recipe, data, signature, recipe.prune
        self.example = torch.zeros((1, *signature.shape))
        macs, parameters = counted(network, self.example)
        self.macs = _limit(self.section.macs, macs)
        self.parameters = _limit(self.section.parameters, parameters)
        self.target = _target(recipe)
        self.first: float | None = None
        if self.section.instructions is not None and self.section.instructions <= 1:
            self.first = self._estimate(network)[1]

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return self.section.macs is not None or self.section.parameters is not None or self.target is not None

    def judge(self, network: nn.Module) -> Verdict:
        """Ask about a network; a target is only asked when the budgets that cost nothing are kept."""
        macs, parameters = counted(network, self.example)
        if macs > self.macs or parameters > self.parameters:
            return Verdict(False, f"{macs:,} MACs, {parameters:,} parameters")
        if self.target is None:
            return Verdict(True, f"{macs:,} MACs, {parameters:,} parameters")
        return self._fits(network, self.target)

    def _fits(self, network: nn.Module, target: Target) -> Verdict:
        reason, total, unit = self._estimate(network)
        if reason:
            return Verdict(False, reason)
        limit = self._most(target)
        if limit < float("inf") and (total is None or unit != "instructions"):
            raise UnsupportedError(
                f"[prune] fit {target.name}", "estimates no instructions of this network", "budget macs instead"
            )
        if total is not None and total > limit:
            return Verdict(False, f"{total:,.0f} {unit} of {limit:,.0f}")
        return Verdict(True, f"fits {target.name}" + (f", {total:,.0f} {unit}" if total is not None else ""))

    def _most(self, target: Target) -> float:
        """Instructions that the budgets allow; infinite where they allow any number.

        A core executes at most one instruction per cycle (some pairs on dual-issue cores aside): a latency in ms is
        asked for as so many cycles of the clock, and the network may take longer by what its cycles are more.
        """
        section = self.section
        found = [float("inf")]
        if section.instructions is not None:
            found.append(section.instructions * (self.first or 1))
        if section.latency_ms is not None:
            if target.clock_hz is None:
                raise UnsupportedError(
                    f"[prune] latency_ms on {target.name}", "the target's file states no clock_hz",
                    "add clock_hz to a copy of it in ./targets, or budget instructions",
                )  # fmt: skip
            found.append(section.latency_ms * target.clock_hz / 1000)
        return min(found)

    def _estimate(self, network: nn.Module) -> tuple[str, float | None, str]:
        """(why it does not fit, or ""; the target's estimate; its unit) of the int8 draft of `network`."""
        assert self.target is not None
        return ask(self.target, draft(self.recipe, self.data, network, self.signature))


def ask(target: Target, graph: Graph) -> tuple[str, float | None, str]:
    """(why an int8 graph does not fit `target`, or ""; what the target estimates it to cost; in which unit).

    Raises:
        UnsupportedError: the target does not take a layer, whatever its size.
    """
    from edgekit import backends
    from edgekit.pipeline.memory import memory_of, require_fit

    backend = backends.backend(target.backend)
    predicts = hasattr(backend, "estimate")
    refused = backend.check(graph, target)
    if refused and not predicts:
        raise UnsupportedError(f"target {target.name}", str(refused[0]))
    if refused:
        return str(refused[0]), None, ""
    if not predicts:
        try:
            require_fit(memory_of(graph), target)
        except UnsupportedError as error:
            return str(error), None, ""
        return "", None, ""
    found = backend.estimate(graph, target)
    for what, needed, limit in (
        ("flash", found.constant_bytes, target.memory.flash), ("RAM", found.arena_bytes, target.memory.ram),
    ):  # fmt: skip
        if limit is not None and needed > limit:
            return f"{what}: {needed:,} of {limit:,} bytes", found.total, found.unit
    return "", found.total, found.unit


def draft(recipe: Recipe, data: Data, network: nn.Module, signature: Signature) -> Graph:
    """The int8 graph of `network` by a few samples: right in its sizes, not in its accuracy."""
    from edgekit import quantization
    from edgekit.crosstrain.cost import float_graph
    from edgekit.pipeline.samples import as_input
    from edgekit.recipe import QuantizeSection

    graph = float_graph(recipe, network, signature)
    samples = as_input(graph, data.train_x[:SAMPLES], "the data set")
    section = QuantizeSection(
        samples=SAMPLES, input_dtype=recipe.quantize.input_dtype, output_dtype=recipe.quantize.output_dtype,
        per_channel=recipe.quantize.per_channel,
    )  # fmt: skip
    return quantization.quantize(graph, samples, section)


def fewest(total: int, kept: Callable[[int], bool]) -> int | None:
    """The least n of 0..total with `kept(n)`, by bisection: what is kept once stays kept. None: not even `total`."""
    if kept(0):
        return 0
    if not kept(total):
        return None
    low, high = 0, total
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if kept(middle) else (middle, high)
    return high


def _limit(wanted: float | None, first: int) -> float:
    if wanted is None:
        return float("inf")
    return wanted * first if wanted <= 1 else wanted


def _target(recipe: Recipe) -> Target | None:
    section: PruneSection | None = recipe.prune
    if section is None or section.fit is None:
        return None
    from edgekit.target import find_target

    return find_target(section.fit).with_options(recipe.target.get(section.fit, {}))
