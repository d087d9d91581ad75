"""Microcontrollers and the host: generated C99, one call per layer, in a project that proves itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgekit import __version__, files
from edgekit.backends._contract import (
    Array,
    Artifact,
    Described,
    Estimate,
    Rejection,
    Run,
    constraint,
    is_quantized,
    per_sample,
    rejections,
)
from edgekit.backends._rules import require_accepted, require_int8
from edgekit.backends.c import emission, vehicle
from edgekit.backends.c.options import Options, options_of
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Node
from edgekit.reference.arithmetics import arithmetic
from edgekit.reference.simulator import prepare_node
from edgekit.target import Target

__all__ = [
    "CONSTRAINTS",
    "Options",
    "bench",
    "channel_multiple",
    "check",
    "compile",
    "described",
    "estimate",
    "estimate_cycles",
    "run",
    "supports",
    "verify",
    "versions",
]

MODEL = "model.tflite"


def supports(operator: str) -> bool:
    return emission.supports(operator)


@constraint(fix="Replace the operator, or add an emitter to edgekit/backends/c/emit and a kernel to firmware/src.")
def supported(graph: Graph, node: Node, options: Options) -> str | None:
    """There must be a C kernel for the operator."""
    return None if supports(node.op.name) else node.op.name


@constraint(fix="Quantize the model to int8; see the parameters of the layer.", quantized=True)
def emitted(graph: Graph, node: Node, options: Options) -> str | None:
    """The kernel must take the layer's types and parameters."""
    try:
        if supports(node.op.name):
            emission.call_of(graph, node, options.core)
            if any(t is not None and t.dtype == "int16" for t in (*graph.node_inputs(node), *graph.node_outputs(node))):
                prepare_node(graph, node, arithmetic(emission.ARITHMETIC))  # what it refuses has no integers
    except UnsupportedError as error:
        return error.what
    return None


CONSTRAINTS = (supported, emitted)


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Operators without a kernel, and, once the graph is int8, memory that the target does not have.

    Raises:
        InputError: unknown options.
    """
    from edgekit.backends.c.fit import does_not_fit

    found = rejections(graph, CONSTRAINTS, options_of(target))
    return found if found or not is_quantized(graph) else does_not_fit(graph, target)


def compile(graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None) -> Artifact:
    """Write the project into `folder` and, where the target's compiler is here, its firmware image.

    Raises:
        InputError: unknown options. UnsupportedError: no kernel, no room, or not int8. ToolError: the compiler fails.
        MachineError: the folder cannot be written.
    """
    from edgekit.backends.c.project import write_project

    target = target.with_options(options or {})
    require_int8(graph, target, emission.ARITHMETIC)
    require_accepted(graph, target, check(graph, target))
    with files.disk_errors(folder):
        return write_project(graph, target, folder, MODEL)


def estimate(graph: Graph, target: Target) -> Estimate:
    """What the build would cost, without building: see `edgekit.backends.c.prediction`."""
    from edgekit.backends.c.prediction import estimate as work

    return work(graph, target)


def channel_multiple(target: Target) -> int:
    """Cores with SIMD read four int8 at once, and Winograd's form works on blocks of four channels; others read one."""
    return 4 if options_of(target).core in ("cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55") else 1


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """Run the firmware: on the emulator, on the host, or on the board at `port`.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. ToolError: no vehicle, or it fails.
    """
    with vehicle.start(folder, port) as found:
        outputs = per_sample(found.graph, inputs, found.run)
        return Run(outputs, found.name, True)


def verify(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Any:
    """Every layer's CRC on the vehicle against the simulator's: a `Verification`. Raises as `run`."""
    with vehicle.start(folder, port) as found:
        return found.verify(inputs)


def bench(folder: Path, port: str | None = None) -> dict[str, Any]:
    """Counts or times per layer and in total, arena, stack and flash. Raises as `run`."""
    with vehicle.start(folder, port) as found:
        return found.bench()


def estimate_cycles(folder: Path, measured: dict[str, Any]) -> dict[str, Any]:
    """What `bench` has measured with estimated cycles beside it; see `cycle_estimate`. Raises as `run`."""
    from edgekit.backends.c.cycle_estimate import estimate_cycles

    return estimate_cycles(folder, measured)


def described(target: Target) -> Described:
    options = options_of(target)
    artifact = "C project of PlatformIO" if options.platformio else "C project"
    proof = "bit-exact, every layer"
    if options.harness == "bare":
        proof += " on a board at --port; here: NOT RUN, compiled and linked"
    return Described(artifact, options.compiler or "the board's own", proof)


def versions() -> dict[str, str]:
    """Versions of edgekit, the cross compilers, the host's compiler and QEMU, and a digest of the C runtime."""
    import shutil

    from edgekit.backends.c.project import runtime_digest
    from edgekit.backends.c.toolchain import INSTALL, version
    from edgekit.device import emulator
    from edgekit.errors import ToolError

    try:
        qemu = emulator.version()
    except ToolError:
        qemu = "not installed"
    found = {c: version(c) if shutil.which(c) else "not installed" for c in INSTALL}
    return {"edgekit": __version__, **found, "qemu-system-arm": qemu, "firmware": runtime_digest()}
