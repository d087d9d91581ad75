"""One target's build folder: artifact, golden vectors, manifest and report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgekit import __version__, arrays, backends, files
from edgekit.graph import Graph
from edgekit.pipeline import proof
from edgekit.pipeline.cache import code, digest
from edgekit.pipeline.context import Context
from edgekit.pipeline.memory import memory_of
from edgekit.pipeline.model import LABELS, Model
from edgekit.pipeline.result import TargetResult
from edgekit.pipeline.samples import arrays_digest
from edgekit.target import Target

MANIFEST, REPORT = "manifest.json", "report.html"
FORMAT = 1


def target(context: Context, model: Model, target: Target) -> TargetResult:
    """Build one target, or find it built. Raises what its backend's `compile` raises."""
    from edgekit.report import render

    folder = context.output / context.recipe.name / target.name
    backend = backends.backend(target.backend)
    with context.stage("compile", target.name) as done:
        tools = backend.versions()
        key = _key(context, model, target, tools, backend)
        found = whole(folder, key)
        if found is not None:
            done.cached, done.text = True, "nothing to do: built from the same things, and whole"
            return TargetResult(target.name, folder, found, True)
        with files.folder_atomic(folder) as new:
            _write_golden(new, model)  # first: a backend may put them into programs for the board
            extra: dict[str, Any] = {"floating": model.floating} if getattr(backend, "FLOAT", False) else {}
            extra |= {"data": model.samples} if getattr(backend, "DATA", False) else {}
            artifact = backend.compile(model.graph, target, new, **extra)
            measured = _on_vehicle(context, backend, target, new, model)
            names = [*artifact.files]
            if model.classes:
                (new / LABELS).write_text("\n".join(model.classes) + "\n", "utf-8")
                names.append(LABELS)
            manifest = _manifest(context, model, target, artifact, tools) | {"key": key}
            manifest["verified"] += [measured.proof] if measured.proof else []
            manifest["bench"] = measured.bench
            manifest["files"] = _hashes(new, [*names, "golden/inputs.npz", "golden/outputs.npz"])
            (new / REPORT).write_text(render(manifest, model.graph, model.quality), "utf-8")
            manifest["files"] |= _hashes(new, [REPORT])
            (new / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
        done.text = _sentence(artifact.compiled, artifact.files, measured.proof)
    return TargetResult(target.name, folder, manifest, False)


def whole(folder: Path, key: str) -> dict[str, Any] | None:
    """The manifest of a folder that was built from `key` and whose files are all as they were written."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        same = manifest["key"] == key and manifest["files"] == _hashes(folder, manifest["files"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest if same else None


def _sentence(compiled: bool | None, names: Sequence[str], proved: dict[str, Any] | None) -> str:
    said = {None: "", True: ", compiled: yes", False: ", compiled: no"}[compiled]
    listed = ", ".join(names) if len(names) <= 4 else f"{names[0]} and {len(names) - 1} more files"
    return listed + said + (f"; {proof.sentence(proved)}" if proved else "")


@dataclass(frozen=True)
class _Measured:
    """JSON for the manifest: the artifact's proof on its vehicle, and its exact counts there; None where none exist."""

    proof: dict[str, Any] | None = None
    bench: dict[str, Any] | None = None


def _on_vehicle(context: Context, backend: Any, target: Target, folder: Path, model: Model) -> _Measured:
    """The artifact itself on what stands for the target on this machine, where its backend can prove it layer by layer.

    Counts are kept where they repeat exactly, that is in emulation; times of a process or board do not.

    Raises:
        VerificationError: the artifact computes other integers than the simulator.
    """
    if not hasattr(backend, "verify"):
        return _Measured()
    if context.progress is not None:
        context.progress(0, 1, f"verify on {target.vehicle}")
    proved = proof.on_vehicle(backend, target.vehicle, folder, model.graph, model.golden_inputs)
    proof.require_exact([proved])
    if proved["status"] == proof.NOT_RUN:
        return _Measured(proved)
    if getattr(backend, "TIMED", False) or not hasattr(backend, "bench"):
        return _Measured(proved)
    found = backend.bench(folder)
    return _Measured(proved, found if found["unit"] == "instructions" else None)


def _key(context: Context, model: Model, target: Target, tools: dict[str, str], backend: Any) -> str:
    room = f"backends/{target.backend}"
    try:
        shared = ("backends/_contract.py", "backends/_made_up.py", "backends/_onnx_layers.py", "backends/_real.py",
                  "backends/_rules.py", "layerwise.py", "metrics.py", "verification.py")  # fmt: skip
        program = code("pipeline", "report", *shared, "frontend", "export", "device", "planner", room)
    except ValueError:  # another package's backend: its versions stand for its code
        program = code("pipeline", "report")
    return digest(
        FORMAT, __version__, model.graph.fingerprint(), target.model_dump(mode="json"), tools, program, model.source,
        model.accuracy, model.quality, model.improvement, model.proofs, model.classes,
        arrays_digest(model.golden_inputs), arrays_digest(model.golden_outputs),
        model.floating.fingerprint() if model.floating and getattr(backend, "FLOAT", False) else None,
        _samples_digest(model) if getattr(backend, "DATA", False) else None,
    )  # fmt: skip


def _samples_digest(model: Model) -> list[Any]:
    held = model.samples
    given = [held.calibration, held.x, None if held.y is None else {"y": held.y}]
    return [held.classes, *(None if one is None else arrays_digest(one) for one in given)]


def _write_golden(folder: Path, model: Model) -> None:
    (folder / "golden").mkdir()
    arrays.save_arrays(folder / "golden" / "inputs.npz", model.golden_inputs)
    arrays.save_arrays(folder / "golden" / "outputs.npz", model.golden_outputs)


def _hashes(folder: Path, names: Any) -> dict[str, str]:
    return {name: files.sha256(folder / name) for name in names}


def _manifest(
    context: Context, model: Model, target: Target, artifact: backends.Artifact, tools: dict[str, str]
) -> dict[str, Any]:
    graph, memory = model.graph, memory_of(model.graph)
    first = graph.inputs[0] if graph.inputs else ""
    count = len(model.golden_inputs[first]) if first else 1
    return {
        "format": FORMAT,
        "edgekit": __version__,
        "name": context.recipe.name,
        "target": target.name,
        "title": target.title,
        "backend": target.backend,
        "vehicle": target.vehicle,
        "source": model.source,
        "arithmetic": graph.arithmetic,
        "model": {
            "file": artifact.model,
            "fingerprint": graph.fingerprint(),
            "inputs": [_tensor(graph, name) for name in graph.inputs],
            "outputs": [_tensor(graph, name) for name in graph.outputs],
            "layers": len(graph.nodes),
            "macs": graph.macs(),
            "parameters": graph.parameters(),
        },
        "memory": {
            "weights_bytes": memory.weights,
            "peak_activation_bytes": memory.peak,
            "peak_layer": memory.peak_layer,
            "target": target.memory.model_dump(exclude_none=True),
        },
        "accuracy": model.accuracy,
        "quantization": model.improvement,
        "compiled": artifact.compiled,
        "artifact": asdict(artifact)["facts"],
        "notes": list(artifact.notes),
        "verified": [p for p in model.proofs if p["against"] in target.verify],
        "golden": {"samples": count, "from": model.golden_from},
        "labels": list(model.classes),
        "tools": tools,
    }


def _tensor(graph: Graph, name: str) -> dict[str, Any]:
    tensor = graph.tensors[name]
    found: dict[str, Any] = {"name": name, "shape": list(tensor.shape), "dtype": tensor.dtype}
    if tensor.quantization is not None:
        found |= {"scale": float(tensor.scale), "zero_point": tensor.zero_point}
    return found
