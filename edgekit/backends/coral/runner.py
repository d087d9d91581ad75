#!/usr/bin/env python3
"""Benchmark this model on an Edge TPU and compare it with the golden vectors.

Copy the whole folder to the device. Needs Python 3.7 or newer, NumPy, and either `ai-edge-litert` or `tflite-runtime`
with libedgetpu (https://coral.ai/docs/accelerator/get-started/). Prints one JSON object; ends with 0 when all outputs
are within --tolerance of the golden ones, 1 when not, 2 when it could not run.

    python3 run_on_device.py                    the compiled model on the Edge TPU
    python3 run_on_device.py --delegate none    the uncompiled model on this CPU
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any


def load_runtime() -> tuple[str, Any, Any]:
    """(name, Interpreter class, load_delegate) of whichever runtime is installed."""
    try:
        from ai_edge_litert import interpreter

        return "ai-edge-litert", interpreter.Interpreter, interpreter.load_delegate
    except ImportError:
        from tflite_runtime import interpreter

        return "tflite-runtime", interpreter.Interpreter, interpreter.load_delegate


def open_model(path: Path, delegate: str) -> tuple[str, Any]:
    """An interpreter with its tensors allocated."""
    name, interpreter, load_delegate = load_runtime()
    delegates = [] if delegate == "none" else [load_delegate(delegate)]
    model = interpreter(model_path=str(path), experimental_delegates=delegates)
    model.allocate_tensors()
    return name, model


def golden_runs(model: Any, folder: Path) -> tuple[int, int, int, float]:
    """Run every golden sample: (samples, values, differing values, largest difference)."""
    import numpy as np

    inputs, outputs = np.load(folder / "inputs.npz"), np.load(folder / "outputs.npz")
    first = model.get_input_details()[0]
    samples = len(inputs[first["name"]]) // (int(first["shape"][0]) if len(first["shape"]) else 1)
    values, differing, largest = 0, 0, 0.0
    for index in range(samples):
        for detail in model.get_input_details():
            model.set_tensor(detail["index"], part(inputs[detail["name"]], detail, index))
        model.invoke()
        for detail in model.get_output_details():
            found = model.get_tensor(detail["index"]).astype(np.float64)
            gap = np.abs(found - part(outputs[detail["name"]], detail, index).astype(np.float64))
            values += gap.size
            differing += int((gap != 0).sum())
            largest = max(largest, float(gap.max()))
    if values == 0:
        raise ValueError("there are no golden vectors in " + str(folder))
    return samples, values, differing, largest


def part(array: Any, detail: Any, index: int) -> Any:
    """Sample `index` of an array that holds many along axis 0."""
    length = int(detail["shape"][0]) if len(detail["shape"]) else 1
    return array[index * length : (index + 1) * length]


def latencies(model: Any, runs: int, warmup: int) -> list[float]:
    """Sorted milliseconds of `runs` inferences on the inputs that are set."""
    times = []
    for index in range(warmup + runs):
        start = time.perf_counter()
        model.invoke()
        if index >= warmup:
            times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


def percentile(ordered: list[float], share: float) -> float:
    """Nearest-rank percentile."""
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 4)


def main() -> int:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delegate", default="libedgetpu.so.1", help="delegate library, or none for the CPU")
    parser.add_argument("--model", type=Path, help="default: model_edgetpu.tflite, model.tflite with --delegate none")
    parser.add_argument("--golden", type=Path, default=here / "golden", help="folder of inputs.npz and outputs.npz")
    parser.add_argument("--runs", type=int, default=200, help="timed inferences")
    parser.add_argument("--warmup", type=int, default=10, help="inferences before the clock starts")
    parser.add_argument("--tolerance", type=float, default=1, help="largest difference allowed, in integer steps")
    given = parser.parse_args()
    path = given.model or here / ("model.tflite" if given.delegate == "none" else "model_edgetpu.tflite")
    try:
        if not path.is_file():
            raise RuntimeError(str(path) + " is missing: compile the model first, or use --delegate none")
        runtime, model = open_model(path, given.delegate)
        samples, values, differing, largest = golden_runs(model, given.golden)
        times = latencies(model, max(1, given.runs), max(0, given.warmup))
    except (ImportError, RuntimeError, ValueError, OSError, KeyError) as error:
        print(json.dumps({"error": str(error) or type(error).__name__, "model": path.name}))
        return 2
    equal = largest <= given.tolerance
    report = {
        "model": path.name,
        "runtime": runtime,
        "delegate": given.delegate,
        "golden": {"samples": samples, "values": values, "differing": differing, "largest_difference": largest},
        "tolerance": given.tolerance,
        "passed": equal,
        "latency_ms": {
            "runs": len(times),
            "mean": round(sum(times) / len(times), 4),
            "min": percentile(times, 0),
            "p50": percentile(times, 0.5),
            "p90": percentile(times, 0.9),
            "p99": percentile(times, 0.99),
            "max": percentile(times, 1),
        },
    }
    print(json.dumps(report, indent=2))
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
