"""Post-training quantization beside its peers: `python -m benchmarks.quantization --data FOLDER --cache FOLDER`.

The same trained float networks (`benchmarks/networks.py`), the same calibration samples, the same test part; int8 by
edgekit, plain and with `max_drop`, by ONNX Runtime's `quantize_static`, by NNCF and by ai-edge-quantizer
(`benchmarks/quantizers.py`). What edgekit tries under `max_drop` is judged on the validation part; the test part is
seen once, at the end.

A peer that is not installed is reported as NOT RUN. Bytes are those of the model file. The standard error is that of
one accuracy (binomial), or area under the ROC curve (Hanley and McNeil 1982); a network is a row that is won when
edgekit's loss is not above the best peer's by more than it.
"""

from __future__ import annotations

import tempfile
from importlib import metadata
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import arguments
from benchmarks.networks import hostile, trained
from benchmarks.quantizers import MAX_DROP, SAMPLES, TOOLS, Array, Result, Task, onnx_outputs
from edgekit import frontend, passes
from edgekit.metrics import metric_of, score
from edgekit.quantization import choose_samples

NETWORKS = ("resnet8", "mobilenet_v1", "dscnn", "imu", "autoencoder", "mobilenet_v2", "mobilenet_v2 hostile")
PACKAGES = ("onnxruntime", "nncf", "ai-edge-quantizer", "ai-edge-litert")


def task(name: str, data: Path, cache: Path, folder: Path, seed: int, limit: int | None) -> Task:
    """The network with calibration samples drawn by `seed`, and at most `limit` test samples."""
    base, _, kind = name.partition(" ")
    network = trained(base, data, cache)
    graph = passes.optimize(frontend.load(network.onnx))
    (name_in,) = graph.inputs
    shape = graph.tensors[name_in].shape[1:]

    def fitted(x: Array) -> Array:
        return np.ascontiguousarray(x.reshape(-1, *shape), np.float32)

    d = network.data
    train = {name_in: fitted(d.train_x)}
    chosen = choose_samples(graph, train, SAMPLES, seed, d.train_y if d.classes else None)[name_in]
    onnx = network.onnx
    if kind == "hostile":
        onnx = folder / "hostile.onnx"
        hostile(network.onnx, onnx)
        graph = passes.optimize(frontend.load(onnx))
    channels_first = (1, shape[-1], *shape[:-1]) if len(shape) == 3 else (1, *shape)
    if len(shape) == 1 and d.train_x.ndim == 4:  # a network of flattened images
        channels_first = (1, d.train_x.shape[-1], *d.train_x.shape[1:-1])
    return Task(
        name, graph, onnx, channels_first, chosen, (fitted(d.validation_x), d.validation_y),
        (fitted(d.test_x)[:limit], d.test_y[:limit]), len(d.classes), folder,
    )  # fmt: skip


def version(package: str) -> str:
    """Of an installed distribution."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def standard_error(value: float, y: Array, classes: int) -> float:
    """Of an accuracy over labels `y`, or of an area under the ROC curve over 0 and 1."""
    if classes:
        return sqrt(value * (1 - value) / len(y))
    positive, negative = int((y == 1).sum()), int((y == 0).sum())
    one, two = value / (2 - value), 2 * value * value / (1 + value)
    square = value * (1 - value) + (positive - 1) * (one - value**2) + (negative - 1) * (two - value**2)
    return sqrt(square / (positive * negative))


def measure(job: Task, tools: list[str]) -> list[dict[str, Any]]:
    """One row per tool, float first; scores in points."""
    x, y = job.test
    real = onnx_outputs(job, job.onnx)
    best = score(real, x, y, job.classes)
    error = 100 * standard_error(best, y, job.classes)
    rows: list[dict[str, Any]] = [{
        "network": job.name, "tool": "float", "metric": metric_of(real, x, y, job.classes), "samples": len(y),
        "score": 100 * best, "loss": 0.0, "error": error, "bytes": job.onnx.stat().st_size, "note": "",
    }]  # fmt: skip
    for tool in tools:
        package, work = TOOLS[tool]
        try:
            metadata.version(package) if package != "edgekit" else None
            found = work(job)
        except (ImportError, metadata.PackageNotFoundError) as problem:
            found = Result(None, 0, f"NOT RUN: {problem}")
        value = None if found.outputs is None else 100 * score(found.outputs, x, y, job.classes)
        loss = None if value is None else 100 * best - value
        rows.append({
            "network": job.name, "tool": tool, "score": value, "loss": loss, "error": error, "bytes": found.bytes,
            "note": found.note,
        })  # fmt: skip
    return rows


def verdict(rows: list[dict[str, Any]]) -> str:
    """Whether edgekit's better row is best or tied with the best peer within one standard error."""
    ours = [r["loss"] for r in rows if r["tool"] == "edgekit max_drop"]
    peers = [r["loss"] for r in rows if not r["tool"].startswith(("edgekit", "float")) and r["loss"] is not None]
    if not peers or not ours:
        return "no peer ran"
    gap = ours[0] - min(peers)
    return "best" if gap <= 0 else f"tied ({gap:.2f} behind)" if gap <= rows[0]["error"] else f"BEHIND by {gap:.2f}"


def main() -> None:
    parser = arguments.parser(__doc__, "fashion_mnist, cifar10, free_spoken_digit, watch_imu")
    parser.add_argument("--network", action="append", choices=NETWORKS, help="may be given several times; all without")
    parser.add_argument("--tool", action="append", choices=list(TOOLS), help="may be given several times; all without")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of calibration samples")
    parser.add_argument("--limit", type=int, help="test samples at most")
    given = arguments.parsed(parser, "quantization")
    if given is None:
        return
    print(f"training seed 0, calibration seed {given.seed}, {SAMPLES} calibration samples, max_drop {MAX_DROP}")
    print("; ".join(f"{name} {version(name)}" for name in PACKAGES))
    head = f"{'network':22}{'tool':20}{'score %':>9}{'loss':>8}{'std. error':>12}{'bytes':>10}  note"
    print(head, flush=True)
    everything = []
    for name in given.network or NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            job = task(name, given.data, given.cache, Path(folder), given.seed, given.limit)
            rows = measure(job, given.tool or list(TOOLS))
        everything += rows
        for row in rows:
            figures = "" if row["score"] is None else f"{row['score']:9.2f}{row['loss']:8.2f}{row['error']:12.2f}"
            print(f"{row['network']:22}{row['tool']:20}{figures:29}{row['bytes']:10,}  {row['note']}")
        print(f"{name:22}{verdict(rows)}; {rows[0]['metric']}, {rows[0]['samples']:,} test samples", flush=True)
    arguments.write(everything, given.json)


if __name__ == "__main__":
    main()
