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
    from edgekit.backends import Estimate
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
        self.first_macs, self.first_parameters = counted(network, self.example)
        self.macs = _limit(self.section.macs, self.first_macs)
        self.parameters = _limit(self.section.parameters, self.first_parameters)
        self.target = _target(recipe)
        self.first: float | None = None
        if self.section.instructions is not None and self.section.instructions <= 1:
            found = self._estimate(network)[1]
            self.first = None if found is None else found.total

    def left(self, network: nn.Module) -> str:
        """What is left of the network as it was at first, for people."""
        macs, parameters = counted(network, self.example)
        return (
            f"{macs / self.first_macs:.0%} of the MACs and {parameters / self.first_parameters:.0%} of the weights stay"
        )

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
            return Verdict(True, "")
        return self._fits(network, self.target)

    def _fits(self, network: nn.Module, target: Target) -> Verdict:
        reason, found = self._estimate(network)
        if reason:
            return Verdict(False, reason)
        section, latency = self.section, found.latency if found else None
        if section.latency_ms is not None and target.clock_hz is None:
            raise UnsupportedError(
                f"[prune] latency_ms on {target.name}", "the target's file states no clock_hz",
                "add clock_hz to a copy of it in ./targets, or budget instructions",
            )  # fmt: skip
        if found is None or found.unit != "instructions" or found.total is None or latency is None:
            if section.instructions is not None or section.latency_ms is not None:
                raise UnsupportedError(
                    f"[prune] fit {target.name}", "estimates no instructions of this network", "budget macs instead"
                )
            return Verdict(True, f"fits {target.name}")
        most = section.instructions and section.instructions * (self.first or 1)
        if most is not None and found.total > most:
            return Verdict(False, f"{found.total:,.0f} instructions of {most:,.0f}")
        if section.latency_ms is not None and latency.ms is not None and latency.ms > section.latency_ms:
            return Verdict(False, f"{latency}; the budget is {section.latency_ms:g} ms")
        time = f", {latency}" if latency.ms is not None else ""
        return Verdict(True, f"fits {target.name}, {found.total:,.0f} instructions{time}")

    def _estimate(self, network: nn.Module) -> tuple[str, Estimate | None]:
        """(why it does not fit, or ""; the target's estimate) of the int8 draft of `network`."""
        assert self.target is not None
        return ask(self.target, draft(self.recipe, self.data, network, self.signature))


def ask(target: Target, graph: Graph) -> tuple[str, Estimate | None]:
    """(why an int8 graph does not fit `target`, or ""; what the target estimates it to cost).

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
        return str(refused[0]), None
    if not predicts:
        try:
            require_fit(memory_of(graph), target)
        except UnsupportedError as error:
            return str(error), None
        return "", None
    found: Estimate = backend.estimate(graph, target)
    for what, needed, limit in (
        ("flash", found.constant_bytes, target.memory.flash), ("RAM", found.arena_bytes, target.memory.ram),
    ):  # fmt: skip
        if limit is not None and needed > limit:
            return f"{what}: {needed:,} of {limit:,} bytes", found
    return "", found


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
