"""Proves and times model.tflite on the machine it lies on. Copy this folder there, then

    python3 -m pip install numpy ai-edge-litert        # or tflite-runtime where there is no ai-edge-litert
    python3 infer.py                                   # golden vectors, then times with 1, 2, 4 ... threads
    python3 infer.py --threads 4 --seconds 10 --json

Exit status: 0 every integer equal, 1 integers differ, 2 something is missing. For steady times fix the clock first:
`echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter", "tensorflow.lite")
WARMUP = 10  # inferences before times count


class Model:
    """A model in LiteRT's default configuration: XNNPACK and optimized kernels.

    Raises: ImportError: no runtime is installed. ValueError, RuntimeError: LiteRT refuses the model.
    """

    def __init__(self, path: Path, threads: int) -> None:
        found = runtime()
        self.interpreter: Any = found.Interpreter(model_path=str(path), num_threads=threads)
        self.interpreter.allocate_tensors()
        self._inputs = {d["name"]: d["index"] for d in self.interpreter.get_input_details()}
        self._outputs = {d["name"]: d["index"] for d in self.interpreter.get_output_details()}

    def run(self, sample: dict[str, Any]) -> dict[str, Any]:
        """Arrays by input name to arrays by output name."""
        for name, index in self._inputs.items():
            self.interpreter.set_tensor(index, sample[name])
        self.interpreter.invoke()
        return {name: self.interpreter.get_tensor(index) for name, index in self._outputs.items()}

    def time(self, sample: dict[str, Any], seconds: float) -> dict[str, int]:
        """Nanoseconds of one inference without the copies of inputs and outputs: fewest, median, 99th percentile."""
        self.run(sample)
        for _ in range(WARMUP):
            self.interpreter.invoke()
        times: list[int] = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < 3:
            start = time.perf_counter_ns()
            self.interpreter.invoke()
            times.append(time.perf_counter_ns() - start)
        times.sort()
        middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
        return {"runs": len(times), "min_ns": times[0], "p50_ns": middle, "p99_ns": late}


def runtime() -> Any:
    """The first runtime that is installed. Raises ImportError."""
    for name in PACKAGES:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise ImportError(f"none of {', '.join(PACKAGES)} is installed: pip install ai-edge-litert")


def threads_up_to(count: int) -> list[int]:
    """1, 2, 4 ... and `count` itself."""
    powers = [1 << i for i in range(count.bit_length()) if 1 << i <= count]
    return powers if powers[-1] == count else [*powers, count]


def golden(folder: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Inputs and outputs of every golden sample; none where the build could not predict them."""
    path = folder / "golden_litert.npz"
    if not path.is_file():
        return []
    with np.load(path) as found:
        arrays = {name: found[name] for name in found.files}
    sides = [{n[len(side) :]: a for n, a in arrays.items() if n.startswith(side)} for side in ("input:", "output:")]
    count = len(next(iter(sides[0].values())))
    return [({n: a[i] for n, a in sides[0].items()}, {n: a[i] for n, a in sides[1].items()}) for i in range(count)]


def differing(model: Model, samples: list[tuple[dict[str, Any], dict[str, Any]]]) -> int:
    """How many values of the golden outputs the model does not give."""
    return sum(
        int((found[name] != wanted[name]).sum())
        for sample, wanted in samples
        for found in [model.run(sample)]
        for name in wanted
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Prove and time model.tflite here.")
    parser.add_argument("--threads", type=int, help="time with this many only")
    parser.add_argument("--seconds", type=float, default=2.0, help="of timing, for each number of threads")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    given = parser.parse_args()
    folder = Path(__file__).resolve().parent
    counts = [given.threads] if given.threads else threads_up_to(os.cpu_count() or 1)
    facts: dict[str, Any] = {"machine": platform.machine(), "system": platform.platform(), "times": {}}
    try:
        facts["runtime"] = runtime().__name__
        samples = golden(folder)
        for threads in counts:
            model = Model(folder / "model.tflite", threads)
            facts["differing"] = facts.get("differing", 0) + differing(model, samples)
            sample = samples[0][0] if samples else zeros(model)
            facts["times"][threads] = model.time(sample, given.seconds)
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2
    facts["golden_samples"] = len(samples)
    if given.json:
        print(json.dumps(facts, indent=1))
    else:
        said = f"{facts['differing']} integers differ" if samples else "NOT COMPARED: the build has no golden outputs"
        print(f"{len(samples)} golden samples, each with {counts} threads: {said}")
        for threads, times in facts["times"].items():
            print(f"{threads} threads: median {times['p50_ns'] / 1e6:.3f} ms, 99% {times['p99_ns'] / 1e6:.3f} ms")
    return 1 if facts["differing"] else 0


def zeros(model: Model) -> dict[str, Any]:
    return {d["name"]: np.zeros(d["shape"], d["dtype"]) for d in model.interpreter.get_input_details()}


if __name__ == "__main__":
    sys.exit(main())
