"""How fast the IR is here: latency of one request, throughput of many, and the runtime's own times by layer."""

from __future__ import annotations

import statistics
import time
from collections import deque
from pathlib import Path
from typing import Any

from edgekit.backends.openvino import engine
from edgekit.backends.openvino.engine import Built
from edgekit.verification import random_inputs

SECONDS = 1.0  # of measuring each hint
WARMUP, PROFILED = 20, 100  # inferences


def bench(folder: Path) -> dict[str, Any]:
    """Median latency in ns in total and per layer; both hints. Raises InputError, ToolError."""
    built = engine.opened(folder)
    sample = random_inputs(built.graph, 1)
    latency = _latency(engine.compiled(folder / engine.IR, built.options, "latency"), sample)
    model = engine.compiled(folder / engine.IR, built.options, "throughput")
    throughput = _throughput(model, built, sample)
    profiled = engine.compiled(folder / engine.IR, built.options, "latency", PERF_COUNT=True)
    return {
        "vehicle": engine.vehicle(built.options),
        "unit": "ns",
        "hz": 10**9,
        "total": latency["p50_ns"],
        "macs": built.graph.macs(),
        "layers": _layers(profiled, built, sample),
        "latency": latency,
        "throughput": throughput,
    }


def _latency(model: Any, sample: dict[str, Any]) -> dict[str, Any]:
    """One synchronous request after the other."""
    request = model.create_infer_request()
    for _ in range(WARMUP):
        request.infer(sample)
    times: list[int] = []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter_ns()
        request.infer(sample)
        times.append(time.perf_counter_ns() - start)
    times.sort()
    return {
        "runs": len(times),
        "min_ns": times[0], "p50_ns": times[len(times) // 2], "p99_ns": times[len(times) * 99 // 100],
    }  # fmt: skip


def _throughput(model: Any, built: Built, sample: dict[str, Any]) -> dict[str, Any]:
    """All requests at work all the time."""
    ring = deque(engine.requests(model, built.options))
    for request in ring:
        request.infer(sample)
    start = time.perf_counter()
    for request in ring:
        request.start_async()
    count = 0
    while time.perf_counter() - start < SECONDS:
        ring[0].wait()
        ring[0].start_async()
        ring.rotate(-1)
        count += 1
    for request in ring:
        request.wait()
        count += 1
    seconds = time.perf_counter() - start
    return {"runs": count, "requests": len(ring), "inferences_per_second": round(count / seconds, 1)}


def _layers(model: Any, built: Built, sample: dict[str, Any]) -> list[dict[str, Any]]:
    """The runtime's profile: the median of each executed node, under the layer that it belongs to."""
    request = model.create_infer_request()
    times: dict[tuple[str, str], list[float]] = {}
    for index in range(WARMUP + PROFILED):
        request.infer(sample)
        for node in request.get_profiling_info() if index >= WARMUP else ():
            if node.status.name == "EXECUTED":
                kind = f"{node.node_type} {node.exec_type}"
                times.setdefault((node.node_name, kind), []).append(node.real_time.total_seconds())
    of_node = {node: layer for layer, place in built.places.items() for node in place.nodes}
    rows: dict[str, dict[str, Any]] = {}
    producers = built.graph.producers()
    for (node, kind), seconds in times.items():
        layer = of_node.get(node) or of_node.get(node.removesuffix("/WithoutBiases"))
        key = layer or node
        if key not in rows:
            given = producers[layer] if layer else None
            macs = (
                0 if given is None else given.op.macs(built.graph.node_inputs(given), built.graph.node_outputs(given))
            )
            op = "openvino" if given is None else given.op.name
            rows[key] = {"layer": key, "op": op, "macs": macs, "count": 0, "executed_as": []}
        rows[key]["count"] += round(statistics.mean(seconds) * 1e9)
        rows[key]["executed_as"].append(kind)
    return list(rows.values())
