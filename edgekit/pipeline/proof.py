"""The int8 graph against independent runtimes, layer by layer; what could not be run says so."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import RefusedError, ToolError, UnsupportedError, VerificationError
from edgekit.graph import Graph
from edgekit.pipeline.result import Progress
from edgekit.runtimes import runtime
from edgekit.verification import Verification, verify

Array = NDArray[Any]
RANDOM_SAMPLES = 8
VEHICLE_SAMPLES = 2  # of the golden inputs: emulators are slow, and each layer's every value is compared
NOT_RUN, EXACT, WITHIN, DIFFERS = "NOT RUN", "exact", "within its bound", "DIFFERS"


def prove(
    graph: Graph, against: str, golden: dict[str, Array], progress: Progress | None = None
) -> dict[str, Any]:  # fmt: skip
    """One runtime over the golden inputs and `RANDOM_SAMPLES` random ones: JSON for the manifest.

    A runtime that is absent, refuses the model, or whose integers are not predicted gives the status NOT RUN with the
    reason.
    """
    found: dict[str, Any] = {"against": against, "status": NOT_RUN}
    if progress is not None:
        progress(0, 1, f"verify against {against}")
    try:
        runs = {"golden": verify(graph, against, golden), "random": verify(graph, against, samples=RANDOM_SAMPLES)}
    except (ToolError, UnsupportedError) as error:  # absent, or its integers are not predicted for a layer
        return {**found, "reason": str(error)}
    return found | _facts(runs)


def on_vehicle(backend: Any, vehicle: str, folder: Path, graph: Graph, golden: dict[str, Array]) -> dict[str, Any]:
    """The built artifact in `folder` over a few golden inputs, layer by layer: JSON for the manifest, as `prove`.

    Raises:
        RefusedError: the vehicle is here but does not take what was compiled for it: the artifact is of no use.
    """
    found: dict[str, Any] = {"against": vehicle, "vehicle": True, "status": NOT_RUN}
    part = {name: array[: VEHICLE_SAMPLES * length(graph, name)] for name, array in golden.items()}
    try:
        return found | _facts({"golden": backend.verify(folder, part)})
    except RefusedError:
        raise
    except ToolError as error:
        return {**found, "reason": str(error)}


def length(graph: Graph, name: str) -> int:
    """How much of axis 0 one sample takes."""
    shape = graph.tensors[name].shape
    return shape[0] if shape else 1


def _facts(runs: dict[str, Verification]) -> dict[str, Any]:
    results = list(runs.values())
    first = next((r.first_difference for r in results if r.first_difference), None)
    failed = next((r.first_failure for r in results if r.first_failure), None)
    exact = all(r.exact for r in results)
    found = {
        "status": EXACT if exact else WITHIN if failed is None else DIFFERS,
        "version": results[0].version,
        "arithmetic": results[0].arithmetic,
        "samples": {name: result.samples for name, result in runs.items()},
        "layers": len(results[0].layers),
        "values": sum(_total(result, "values") for result in results),
        "differing": sum(_total(result, "differing") for result in results),
        "largest_difference": max(float(np.max([0, *(la.largest for la in r.layers)])) for r in results),
        "first_differing_layer": None if first is None else first.layer,
    }
    bound = max((layer.bound for r in results for layer in r.layers), default=0.0)
    if not bound:
        return found
    worst = failed or max((la for r in results for la in r.layers), key=lambda la: la.largest)
    return found | {
        "bound": bound,
        "worst_layer": worst.layer,
        "outputs": {name: [asdict(layer) for layer in result.whole] for name, result in runs.items() if result.whole},
    }


def version_of(against: str) -> str:
    """The runtime's version for cache keys; the reason when it is absent."""
    try:
        return str(runtime(against).version())
    except ToolError as error:
        return str(error)


def require_exact(proofs: list[dict[str, Any]]) -> None:
    """Raises VerificationError for the first runtime whose integers differ."""
    for proof in proofs:
        if proof["status"] == DIFFERS:
            raise VerificationError(
                f"verify against {proof['against']}",
                f"{proof['differing']} of {proof['values']} values differ, by {proof['largest_difference']:g} at most, "
                f"first in layer {proof.get('worst_layer') or proof['first_differing_layer']}",
                "this is a bug in edgekit or in the runtime: please report it with the model",
            )


def require_same(found: dict[str, Array], wanted: dict[str, Array], arithmetic: str) -> None:
    """Raises VerificationError where a rewritten graph's outputs are not those of the graph it came from."""
    for name, values in wanted.items():
        differing = int((found[name].reshape(values.shape) != values).sum())
        if differing:
            raise VerificationError(
                f"golden vectors by the simulator ({arithmetic})",
                f"{differing} of {values.size} values of {name} are not those of the model before it was rewritten",
                "this is a bug in edgekit: please report it with the model",
            )


def sentence(proof: dict[str, Any]) -> str:
    """One line for people."""
    if proof["status"] == NOT_RUN:
        return f"{proof['against']}: NOT RUN ({proof['reason']})"
    most = f", by {proof['largest_difference']:g} at most (bound {proof['bound']:g})" if "bound" in proof else ""
    return (
        f"{proof['against']} ({proof['version']}): {proof['differing']} of {proof['values']:,} values differ{most}, "
        f"{proof['layers']} layers, {sum(proof['samples'].values())} samples"
    )


def _total(result: Verification, field: str) -> int:
    return int(sum(getattr(layer, field) for layer in result.layers))
