"""What a backend is: constraints that it declares, and four functions.

A backend is a module with (a `port` is a board's serial port, and `run` takes one too where `bench` is there)

    Options                                      pydantic model of `[target.NAME]` in a recipe; unknown keys are errors
    CONSTRAINTS: tuple[Constraint, ...]
    supports(operator) -> bool                   for the table of operators
    remark(operator) -> str                      optional: a few words for the table
    check(graph, target) -> list[Rejection]      float graphs (before training) and int8 graphs alike
    compile(graph, target, folder, options=None) -> Artifact
    run(folder, inputs) -> Run
    verify(folder, inputs, port=None) -> Verification   optional: the artifact itself on its vehicle, layer by layer
    bench(folder, port=None) -> dict             optional, with `verify`: counts per layer and in total
    estimate(graph, target) -> Estimate          optional: what an int8 graph will cost, before it is compiled
    channel_multiple(target) -> int              optional: pruning leaves a multiple of so many channels, which kernels
                                                 take at once
    sparsity(target) -> dict[str, str]           optional: kinds of zeros among weights ("2:4", "unstructured") that
                                                 make the target faster or smaller, and the condition
    versions() -> dict[str, str]                 tools by name; "not installed" where absent
    described(target) -> Described               what comes out and how far it is proven: a row of the table of targets
    require(target) -> None                      optional: ToolError when what `compile` cannot do without is absent or
                                                 of a wrong version; called before any long work
    FLOAT = True                                 optional: the target takes the float graph; `compile` gets it as
                                                 `floating`, None where the model came quantized
    DATA = True                                  optional: `compile` gets `data`, Samples, to calibrate and score by
    TIMED = True                                 optional: `bench` measures time, which never repeats: not in a build
    TWIN = True                                  optional: `verify` proves what was not compiled too, in another way

Nothing falls back silently: what a target does not take is a Rejection, what was not done is a sentence in
`Artifact.notes`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import UsageError
from edgekit.graph import Graph, Node, brief
from edgekit.graph import is_quantized as is_quantized  # for backends

Array = NDArray[Any]
Finder = Callable[[Graph, Node, Any], str | None]


@dataclass(frozen=True)
class Constraint:
    """A rule over one node.

    Attributes:
        rule: the message the user sees and the line in the table of supported operators: the docstring's first
            paragraph.
        operators: names of the operators it is about; empty for all.
        find: (graph, node, options) -> None when the rule holds, else the value found, in words.
        fix: what to do about a rejection.
        quantized: it speaks about integers, and is left out while a graph is still float.
        advisory: the vendor says "may": what it finds is advice, never a rejection.
    """

    rule: str
    operators: tuple[str, ...]
    find: Finder
    fix: str = ""
    quantized: bool = False
    advisory: bool = False

    def about(self, node: Node) -> bool:
        return not self.operators or node.op.name in self.operators


@dataclass(frozen=True)
class Rejection:
    """A node that a target does not take.

    Attributes: layer and op: which node; rule: the constraint's; found: the value that broke it; fix: what to do.
    """

    layer: str
    op: str
    rule: str
    found: str
    fix: str = ""

    def __str__(self) -> str:
        return f"layer {brief(self.layer)} ({self.op}): {self.rule} Found {self.found}." + (
            f" {self.fix}" if self.fix else ""
        )


@dataclass(frozen=True)
class Artifact:
    """What `compile` made.

    Attributes:
        files: names in the folder.
        model: the one of them that holds the proven graph.
        compiled: whether the vendor's compiler ran; None where the target needs none.
        facts: JSON-able figures: bytes, operators mapped, options used, ...
        notes: sentences for people about what was not done and the next step.
    """

    files: tuple[str, ...]
    model: str
    compiled: bool | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """Outputs of an artifact, and what they were computed on.

    Attributes:
        outputs: integer or float arrays by output name.
        vehicle: runtime, emulator or device, with version.
        on_target: True when it was the target's own hardware or its emulator.
    """

    outputs: dict[str, Array]
    vehicle: str
    on_target: bool
    note: str = ""


@dataclass(frozen=True)
class Samples:
    """What a build knows about the model's data, N samples on axis 0, in real units or the graph's own integers.

    Attributes:
        calibration: inputs by name that scales were chosen by, None without.
        x, y, classes: labelled test data as `edgekit.metrics.score` takes them, None without.
    """

    calibration: dict[str, Array] | None = None
    x: dict[str, Array] | None = None
    y: Array | None = None
    classes: int = 0


@dataclass(frozen=True)
class Described:
    """A row of the table of targets; the vehicle is in the target's file.

    Attributes:
        artifact: what a build makes.
        compiler: what compiles it, with the versions that fit.
        proof: "bit-exact", or the bound of a layer's difference from the simulator, and what is NOT RUN.
    """

    artifact: str
    compiler: str
    proof: str


@dataclass(frozen=True)
class Latency:
    """How long one inference is predicted to take.

    Attributes:
        count, by: of "cycles", where they are estimated for every layer; else of the estimate's own unit.
        clock_hz: of the core, where the target states one.
    """

    count: float
    by: str
    clock_hz: int | None = None

    @property
    def ms(self) -> float | None:
        """Milliseconds; an instruction counts as one cycle. None where they do not follow."""
        if self.clock_hz is None or self.by not in ("cycles", "instructions"):
            return None
        return 1e3 * self.count / self.clock_hz

    def __str__(self) -> str:
        if self.ms is None or self.clock_hz is None:
            return f"{self.count:,.0f} {self.by}"
        how = "estimated cycles" if self.by == "cycles" else "instructions, one a cycle: not all layers have cycles"
        return f"{self.ms:.4g} ms at {self.clock_hz / 1e6:g} MHz, by {how}"


@dataclass(frozen=True)
class Estimate:
    """What an int8 graph will cost on a target.

    Attributes:
        unit: of `layers` and `total`.
        layers: by node name; None where nothing is known, and then `total` is None too and `notes` says why.
        kernels: by node name, what computes it.
        arena_bytes, constant_bytes: RAM for activations and scratch, and weights and tables in flash, exactly.
        cycles, total_cycles: estimated cycles likewise; None where the target has no model of them.
        clock_hz: of the core, where the target states one.
    """

    unit: str
    layers: dict[str, float | None]
    total: float | None
    kernels: dict[str, str]
    arena_bytes: int
    constant_bytes: int
    notes: tuple[str, ...] = ()
    cycles: dict[str, float | None] | None = None
    total_cycles: float | None = None
    clock_hz: int | None = None

    @property
    def latency(self) -> Latency | None:
        """By cycles where every layer has them, else by `total`; None where that is not known either."""
        if self.total_cycles is not None:
            return Latency(self.total_cycles, "cycles", self.clock_hz)
        return None if self.total is None else Latency(self.total, self.unit, self.clock_hz)


def constraint(
    *operators: str, fix: str = "", quantized: bool = False, advisory: bool = False
) -> Callable[[Finder], Constraint]:
    """Turn a function with a docstring into a Constraint about `operators` (all when none are named)."""

    def wrap(find: Finder) -> Constraint:
        rule = " ".join((inspect.getdoc(find) or "").split("\n\n")[0].split())
        if not rule:
            raise ValueError(f"the constraint {find.__name__} needs a docstring: it is the message")
        return Constraint(rule, operators, find, fix, quantized, advisory)

    return wrap


def without_port(port: str | None, target: str) -> None:
    """For backends that reach no board. Raises UsageError."""
    if port is not None:
        raise UsageError("--port", f"{target} is not reached through a serial port", "leave it out")


def constraints_of(modules: Iterable[ModuleType]) -> tuple[Constraint, ...]:
    """All constraints defined in `modules`, in the order of the files."""
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Constraint))


def rejections(
    graph: Graph, constraints: Iterable[Constraint], options: Any, advisory: bool = False
) -> list[Rejection]:
    """Every node against every constraint about it, in execution order; `advisory` asks for the advice instead."""
    quantized = is_quantized(graph)
    rules = [c for c in constraints if c.advisory == advisory and (quantized or not c.quantized)]
    found = []
    for node in graph.nodes:
        for rule in rules:
            value = rule.find(graph, node, options) if rule.about(node) else None
            if value is not None:
                found.append(Rejection(node.name, node.op.name, rule.rule, value, rule.fix))
    return found


def per_sample(
    graph: Graph, inputs: Mapping[str, Array], run: Callable[[dict[str, Array]], Mapping[str, Array]]
) -> dict[str, Array]:
    """Call `run` once per sample, for runtimes of fixed batch, and join the outputs along axis 0.

    Raises:
        InputError: missing, unknown or misshapen inputs.
    """
    return per_sample_of(graph, inputs, lambda samples: [run(sample) for sample in samples])


def per_sample_of(
    graph: Graph,
    inputs: Mapping[str, Array],
    run: Callable[[list[dict[str, Array]]], Sequence[Mapping[str, Array]]],
) -> dict[str, Array]:
    """As `per_sample`, for runtimes that take the list of samples and work on several at once."""
    from edgekit.reference import Simulator

    arrays, count = Simulator(graph).prepare_inputs(inputs)
    lengths = {name: graph.tensors[name].shape[0] if graph.tensors[name].shape else 1 for name in arrays}
    parts = run([{n: a[i * lengths[n] : (i + 1) * lengths[n]] for n, a in arrays.items()} for i in range(count)])
    return {name: np.concatenate([part[name] for part in parts]) for name in graph.outputs}
