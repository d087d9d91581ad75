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
from edgekit.errors import InputError, ToolError
from edgekit.graph import Graph
from edgekit.reference import simulate
from edgekit.verification import Verification

if TYPE_CHECKING:
    from edgekit.backends import Run

Array = NDArray[Any]
MANIFEST = "manifest.json"
MAX_BYTES = 1 << 24
GOLDEN_INPUTS, GOLDEN_OUTPUTS = "golden/inputs.npz", "golden/outputs.npz"


class _Model(BaseModel):
    file: str
    fingerprint: str


class _Proof(BaseModel):
    against: str


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
    """What `verify_build` found. `exact`: every check holds and no runtime that was run differs."""

    manifest: Manifest
    checks: tuple[Check, ...]
    runtimes: tuple[Verification | NotRun, ...]

    @property
    def exact(self) -> bool:
        return all(c.ok for c in self.checks) and all(r.exact for r in self.runtimes if isinstance(r, Verification))


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
        fix = "give the folder of one target, like build/digits/coral"
        raise InputError(str(folder), f"is no build folder: it has no {MANIFEST}", fix) from error
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


def run(folder: Path, inputs: Mapping[str, Array]) -> Run:
    """Run the artifact itself on the target's vehicle, through the backend that made it.

    Raises:
        InputError: no build folder, or inputs that do not fit. UsageError: its backend is unknown here.
        ToolError: the vehicle is absent or failed.
    """
    from edgekit.backends import backend

    manifest = read_manifest(folder)
    found: Run = backend(manifest.backend).run(folder, inputs)
    return found


def verify_build(
    folder: Path,
    against: Sequence[str] = (),
    *,
    inputs: Mapping[str, Array] | None = None,
    samples: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
) -> BuildVerification:
    """Prove a build folder again: its files, its golden vectors, its model on independent runtimes.

    Args:
        against: runtimes; without, those that the manifest says the build was proven against, of which an absent one
            is reported as not run, and the artifact itself where its backend can show every layer.
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
    for name in against or [proof.against for proof in manifest.verified]:
        try:
            runtimes.append(verification.verify(graph, name, given, samples or 8, seed, progress))
        except ToolError as error:
            if against:
                raise
            runtimes.append(NotRun(name, str(error)))
    if not against:
        given = verification.random_inputs(graph, samples or 8, seed) if given is None else given
        runtimes += _artifact(folder, manifest, given)
    return BuildVerification(manifest, tuple(checks), tuple(runtimes))


def _artifact(folder: Path, manifest: Manifest, inputs: Mapping[str, Array]) -> list[Verification | NotRun]:
    """The artifact itself, layer by layer on its vehicle, where the backend can look into it (`verify`)."""
    from edgekit.backends import backend

    prove = getattr(backend(manifest.backend), "verify", None)
    if prove is None:
        return []
    if manifest.compiled is False:
        return [NotRun(manifest.target, "the artifact is not compiled")]
    try:
        return [prove(folder, inputs)]
    except ToolError as error:
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
