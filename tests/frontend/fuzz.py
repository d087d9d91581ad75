"""A process that reads damaged `.tflite` files and runs what could be read; `test_fuzz.py` starts it.

Usage: python -m tests.frontend.fuzz FIRST COUNT [MODEL ...]. Prints one JSON object. Every file must end as a graph or
as an EdgekitError, within SECONDS of processor time and MEGABYTES beyond what an idle process holds; so must preparing
and running the graph, where its size is near the original's.
"""

from __future__ import annotations

import importlib
import json
import resource
import signal
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from edgekit import plugins
from edgekit.errors import EdgekitError
from edgekit.frontend.tflite import read, write
from edgekit.graph import Graph
from edgekit.reference import Simulator
from tests.mutations import mutate, mutate_fields
from tests.reference.picker import RandomPicker

SECONDS, MEGABYTES = 2.0, 500
MAX_VALUES, MAX_MACS = 1 << 21, 1 << 25  # a damaged shape may ask for honest work of any size: that is not run


class Slow(BaseException):
    """Not an Exception: nothing on the way may swallow it."""


def sources() -> list[bytes]:
    """Files of our own writer: two random graphs of every operator that has cases."""
    found = []
    for name in plugins.names("tests.reference.cases"):
        case = importlib.import_module(f"tests.reference.cases.{name}").case
        found += [write(case(RandomPicker([3, seed]))) for seed in range(2)]
    return found


def guarded(action: Callable[[], object]) -> object:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return action()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def run(graph: Graph) -> None:
    simulator = Simulator(graph)
    if sum(t.elements for t in graph.activations()) <= MAX_VALUES and graph.macs() <= MAX_MACS:
        inputs = {name: np.zeros(graph.tensors[name].shape, graph.tensors[name].dtype) for name in graph.inputs}
        found = simulator.run(inputs, layers=True)
        for name, array in found.items():
            tensor = graph.tensors[name]
            assert array.shape == tensor.shape and array.dtype == tensor.dtype, f"{name}: {array.shape} {array.dtype}"


def main(first: int, count: int, models: list[str]) -> None:
    own, real = sources(), [Path(model).read_bytes() for model in models]
    small = [*own, *(data for data in real if len(data) < 60_000)]
    outcomes: Counter[str] = Counter()
    failures: list[str] = []

    def slow(signum: int, frame: object) -> None:
        raise Slow

    signal.signal(signal.SIGPROF, slow)
    warnings.simplefilter("ignore")
    for data in own:
        run(read(data))  # imports everything before memory is limited
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for seed in range(first, first + count):
        pool = small if seed % 2 or not real else real
        origin = pool[seed // 2 % len(pool)]
        data = mutate_fields(origin, seed) if seed % 2 else mutate(origin, seed)
        if data is None:
            outcomes["not packed"] += 1
            continue
        step = "read"
        try:
            graph = guarded(lambda data=data: read(data))  # type: ignore[misc]
            step = "run"
            guarded(lambda graph=graph: run(graph))  # type: ignore[misc]
            outcomes["ran"] += 1
        except EdgekitError as error:
            assert len(str(error)) < 4000
            outcomes[f"{step}: {type(error).__name__}"] += 1
        except (Exception, Slow) as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            failures.append(f"seed {seed}, {step}: {error!r:.200} at {last.filename}:{last.lineno}")
    print(json.dumps({"outcomes": outcomes, "failures": failures}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
