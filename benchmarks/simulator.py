"""Throughput of the simulator against LiteRT's interpreters: `python -m benchmarks.simulator`.

One thread each. All take turns, and the best of the repetitions counts: on a shared machine the best is what the
code can do, the mean is what the neighbours left. The interpreters run one sample at a time, their fastest way; the
simulator runs a batch of 256, once as users get it, where the engine in `edgekit/reference/engine/` takes what it can
prove, and once with the NumPy kernels alone. The outputs of all samples are compared in the same run, and a difference
is an error. The BLAS kernels in use are printed: where OPENBLAS_CORETYPE pins kernels for older processors, the NumPy
kernels are slower. Preparing the engine is outside the measured rates, as is loading a model outside the interpreters';
the first batch, which has it inside, is printed. The memory is the peak of the NumPy kernels.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
import tracemalloc
from typing import Any

import numpy as np

from benchmarks.graphs import mobilenet_v1_025, resnet8
from edgekit.frontend.tflite import write
from edgekit.graph import Graph
from edgekit.reference import Simulator
from edgekit.runtimes.litert_reference import Session, version
from edgekit.verification import random_inputs

BATCH = 256


def seconds(session: Session, inputs: dict[str, Any], count: int) -> float:
    """Wall time of `count` single-sample inferences."""
    parts = [{name: array[i : i + 1] for name, array in inputs.items()} for i in range(count)]
    start = time.perf_counter()
    for part in parts:
        session.run(part)
    return time.perf_counter() - start


def batch_seconds(simulator: Simulator, inputs: dict[str, Any]) -> float:
    """Wall time of all samples at once."""
    start = time.perf_counter()
    simulator.run(inputs)
    return time.perf_counter() - start


def measure(graph: Graph, repetitions: int) -> dict[str, Any]:
    """One row of the table. Raises SystemExit when an output differs from BUILTIN_REF's."""
    data, inputs = write(graph), random_inputs(graph, BATCH)
    simulator, plain = Simulator(graph, "litert-reference"), Simulator(graph, "litert-reference", engine="numpy")
    reference, xnnpack = Session(data), Session(data, resolver="AUTO")
    prepared = batch_seconds(simulator, inputs)  # the first batch prepares the engine
    outputs = simulator.run(inputs)
    tracemalloc.start()
    by_numpy = plain.run(inputs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (name,) = graph.outputs
    if not np.array_equal(by_numpy[name], outputs[name]):
        raise SystemExit(f"{graph.name}: the engine differs from the NumPy kernels")
    for i in range(BATCH):
        found = reference.run({n: a[i : i + 1] for n, a in inputs.items()})[name]
        if not np.array_equal(found, outputs[name][i : i + 1]):
            raise SystemExit(f"{graph.name}: sample {i} differs from BUILTIN_REF")
    best = dict.fromkeys(("reference", "xnnpack", "simulator", "numpy"), np.inf)
    for _ in range(repetitions):
        for _ in range(4):  # as many attempts for both that the ratio compares, the shorter ones for the interpreter
            best["reference"] = min(best["reference"], seconds(reference, inputs, 4) / 4)
            best["simulator"] = min(best["simulator"], batch_seconds(simulator, inputs) / BATCH)
        best["xnnpack"] = min(best["xnnpack"], seconds(xnnpack, inputs, BATCH) / BATCH)
        best["numpy"] = min(best["numpy"], batch_seconds(plain, inputs) / BATCH)
    rates = {key: 1 / value for key, value in best.items()}
    ratio = rates["simulator"] / rates["reference"]
    facts = {"first_batch_seconds": prepared, "peak_bytes": peak, "equal": BATCH}
    return {"model": graph.name, "macs": graph.macs(), **rates, "ratio": ratio, **facts}


def blas() -> str:
    """Which BLAS kernels NumPy runs."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "unknown (threadpoolctl is not installed)"
    found = [i for i in threadpool_info() if i["user_api"] == "blas"]
    return ", ".join(f"{i['internal_api']} {i['version']} {i.get('architecture', '')}" for i in found) or "unknown"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    arguments = parser.parse_args()
    facts = {"litert": version(), "numpy": np.__version__, "blas": blas(), "python": platform.python_version()}
    rows = [measure(graph, arguments.repetitions) for graph in (resnet8(), mobilenet_v1_025())]
    if arguments.json:
        print(json.dumps({**facts, "batch": BATCH, "rows": rows}))
        return
    print(f"batch {BATCH}, one thread each; " + "; ".join(f"{key} {value}" for key, value in facts.items()))
    columns = ("BUILTIN_REF/s", "XNNPACK/s", "NumPy only/s", "simulator/s", "ratio", "1st batch s", "NumPy MiB")
    print(f"{'model':18}{'MACs':>12}" + "".join(f"{name:>15}" for name in columns))
    for row in rows:
        values = [row[key] for key in ("reference", "xnnpack", "numpy", "simulator", "ratio", "first_batch_seconds")]
        print(
            f"{row['model']:18}{row['macs']:12,}" + "".join(f"{v:15.2f}" for v in [*values, row["peak_bytes"] / 2**20])
        )
    print(
        f"outputs equal BUILTIN_REF's in every integer, engine and NumPy kernels alike: {BATCH} samples of each model"
    )


if __name__ == "__main__":
    main()
