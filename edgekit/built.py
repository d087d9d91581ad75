"""Build folders, as `edgekit.pipeline` leaves them: opened without trust, run, and verified anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from edgekit import files, frontend, verification
from edgekit.arrays import load_arrays
from edgekit.errors import InputError, ToolError, UnsupportedError, UsageError
from edgekit.graph import Graph
from edgekit.reference import simulate
from edgekit.verification import Verification

if TYPE_CHECKING:
    from edgekit.backends import Run

Array = NDArray[Any]
MANIFEST = "manifest.json"
MAX_BYTES = 1 << 24
NAMED = 3  # folders in an error
VEHICLE_SAMPLES = 2
GOLDEN_INPUTS, GOLDEN_OUTPUTS = "golden/inputs.npz", "golden/outputs.npz"


class _Model(BaseModel):
    file: str
    fingerprint: str


class _Proof(BaseModel):
    against: str
    vehicle: bool = False


class Manifest(BaseModel):
    """The part of manifest.json that is needed here."""

    target: str
    backend: str
    arithmetic: str
    model: _Model
    files: dict[str, str]
    compiled: bool | None = None
    verified: list[_Proof]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: `ok`, and what was found in words."""

    name: str
    ok: bool
    text: str


@dataclass(frozen=True)
class NotRun:
    """A runtime that could not be asked, and why."""

    against: str
    reason: str


@dataclass(frozen=True)
class BuildVerification:
    """What `verify_build` found.

    `exact`: every check holds and no runtime that was run differs; `holds`: none differs by more than its bound.
    """

    manifest: Manifest
    checks: tuple[Check, ...]
    runtimes: tuple[Verification | NotRun, ...]

    @property
    def exact(self) -> bool:
        return all(c.ok for c in self.checks) and all(r.exact for r in self.runtimes if isinstance(r, Verification))

    @property
    def holds(self) -> bool:
        return all(c.ok for c in self.checks) and all(r.holds for r in self.runtimes if isinstance(r, Verification))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a build folder.

    Raises:
        InputError: there is none, it is malformed, or it names files outside the folder.
    """
    path = folder / MANIFEST
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise InputError(str(path), f"is larger than {MAX_BYTES} bytes")
        manifest = Manifest.model_validate(json.loads(raw))
    except FileNotFoundError as error:
        raise InputError(str(folder), f"is no build folder: it has no {MANIFEST}", _give(folder)) from error
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: {key}", first["msg"], "build again") from error
    except (ValueError, RecursionError) as error:
        raise InputError(str(path), f"is not valid JSON: {str(error)[:200]}", "build again") from error
    for name in (*manifest.files, manifest.model.file):
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise InputError(str(path), f"names {name[:80]!r}, which is outside the folder", "build again")
    return manifest


def _give(folder: Path) -> str:
    """What to give instead of a folder that `build` did not write itself, but perhaps folders in it."""
    inside = sorted(path.parent for depth in ("*", "*/*") for path in folder.glob(f"{depth}/{MANIFEST}"))
    if not inside:
        return "give the folder of one target, like build/digits/coral"
    named = " or ".join(map(str, inside[:NAMED]))
    return f"give {named}" + (f", or one of {len(inside) - NAMED} more below it" if len(inside) > NAMED else "")


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """Run the artifact itself on the target's vehicle, through the backend that made it.

    Args:
        port: the serial port of a board that runs it.

    Raises:
        InputError: no build folder, or inputs that do not fit. UsageError: its backend is unknown, or takes no port.
        ToolError: the vehicle is absent or failed.
    """
    manifest = read_manifest(folder)
    found: Run = _backend(manifest, port).run(folder, inputs, **_at(port))
    return found


def bench(folder: Path, port: str | None = None, cycles: bool = False) -> dict[str, Any]:
    """Counts or times per layer and in total, arena, stack and flash, measured on the vehicle now.

    Args:
        cycles: estimate cycles too, where the backend can do so from what its vehicle executes.

    Raises:
        UnsupportedError: the target's backend cannot measure. Otherwise as `run`.
    """
    manifest = read_manifest(folder)
    found = _backend(manifest, port)
    if not hasattr(found, "bench"):
        raise UnsupportedError(
            f"target {manifest.target}", f"its backend {manifest.backend!r} cannot measure yet",
            "`edgekit analyze` counts the model's operations",
        )  # fmt: skip
    measured: dict[str, Any] = found.bench(folder, **_at(port))
    if cycles and port is None and hasattr(found, "estimate_cycles"):
        measured = found.estimate_cycles(folder, measured)
    return {"target": manifest.target, **measured}


def _backend(manifest: Manifest, port: str | None) -> Any:
    from edgekit.backends import backend

    found = backend(manifest.backend)
    if port is not None and not hasattr(found, "bench"):
        raise UsageError("--port", f"the target {manifest.target} is not reached through a serial port", "leave it out")
    return found


def _at(port: str | None) -> dict[str, str]:
    return {} if port is None else {"port": port}


def verify_build(
    folder: Path,
    against: Sequence[str] = (),
    *,
    inputs: Mapping[str, Array] | None = None,
    samples: int | None = None,
    seed: int = 0,
    port: str | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> BuildVerification:
    """Prove a build folder again: its files, its golden vectors, its model on independent runtimes, and, where its
    backend can, the artifact itself on its vehicle, layer by layer.

    Args:
        against: runtimes; without, those that the manifest says the build was proven against, of which an absent one
            is reported as not run, and the artifact itself where its backend can show every layer.
        port: the serial port of a board that runs the artifact; it is then asked alone, and must answer.
        inputs: arrays by input name. Without, `samples` random ones; without either, the golden inputs.

    Raises:
        InputError: no build folder, or its model or arrays are malformed. UsageError: unknown runtime.
        ToolError: a runtime that was asked for by name is absent or refuses the model.
    """
    manifest = read_manifest(folder)
    checks = [_files(folder, manifest)]
    graph = frontend.load(folder / manifest.model.file)
    graph.arithmetic = manifest.arithmetic
    same = graph.fingerprint() == manifest.model.fingerprint
    checks.append(Check("model", same, f"{manifest.model.file} is {'' if same else 'NOT '}the graph of the manifest"))
    golden = load_arrays(folder / GOLDEN_INPUTS)
    checks.append(_golden(folder, graph, golden))
    given = inputs if inputs is not None else golden if samples is None else None
    runtimes: list[Verification | NotRun] = []
    names = [] if port is not None else [proof.against for proof in manifest.verified if not proof.vehicle]
    for name in against or names:
        try:
            runtimes.append(verification.verify(graph, name, given, samples or 8, seed, progress))
        except ToolError as error:
            if against:
                raise
            runtimes.append(NotRun(name, str(error)))
    if not against:
        if samples is not None and inputs is None:
            given = verification.random_inputs(graph, samples, seed)
        elif inputs is None:  # the line to a board is slow, and each value of each layer is compared
            given = {n: a[: VEHICLE_SAMPLES * (graph.tensors[n].shape or (1,))[0]] for n, a in golden.items()}
        assert given is not None
        runtimes += _artifact(folder, manifest, given, port)
    return BuildVerification(manifest, tuple(checks), tuple(runtimes))


def _artifact(
    folder: Path, manifest: Manifest, inputs: Mapping[str, Array], port: str | None
) -> list[Verification | NotRun]:
    """The artifact itself, layer by layer on its vehicle, where the backend can look into it (`verify`)."""
    backend = _backend(manifest, port)
    prove = getattr(backend, "verify", None)
    if prove is None:
        return []
    if port is None and manifest.compiled is False and not getattr(backend, "TWIN", False):
        return [NotRun(manifest.target, "the artifact is not compiled")]
    try:
        return [prove(folder, inputs, **_at(port))]
    except ToolError as error:
        if port is not None:
            raise
        return [NotRun(manifest.target, str(error))]


def _files(folder: Path, manifest: Manifest) -> Check:
    bad = []
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            bad.append(f"{name} is missing")
        elif files.sha256(path) != expected:
            bad.append(f"{name} was changed")
    return Check("files", not bad, "; ".join(bad) or f"{len(manifest.files)} files have the hashes of the manifest")


def _golden(folder: Path, graph: Graph, inputs: dict[str, Array]) -> Check:
    expected = load_arrays(folder / GOLDEN_OUTPUTS)
    found = simulate(graph, inputs)
    if set(found) != set(expected):
        return Check("golden", False, f"outputs are {sorted(expected)}, the model has {sorted(found)}")
    differing = sum(_differing(found[name], expected[name]) for name in found)
    total = sum(array.size for array in found.values())
    text = f"{differing} of {total:,} values differ between the stored outputs and the simulator's"
    return Check("golden", differing == 0, text)


def _differing(found: Array, expected: Array) -> int:
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return found.size
    return int((found != expected).sum()) if found.dtype.kind != "f" else int((~np.isclose(found, expected)).sum())
