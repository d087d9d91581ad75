"""Kill builds at random moments and look at what they leave. Run as a program: it prints JSON for test_killed.py.

A process that has everything imported forks one child after another; a child builds ever new models into one folder
until it is killed, so that a kill may fall into any stage.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
import time
from pathlib import Path


def endless_builds(folder: Path, start: int) -> None:
    from edgekit.frontend.tflite import save
    from edgekit.pipeline import build
    from tests.backends.graphs import small_int8

    for seed in itertools.count(start):
        save(small_int8(seed), folder / "small.tflite")
        build(folder / "small.tflite", ["coral"], folder / "build")


def one_build(folder: Path) -> tuple[int, float]:
    """Build a whole model in a child: its exit status, and the seconds it took.

    The model file is written anew: a killed child may have left half of it, and it is the user's file, not a build's.
    """
    from edgekit.frontend.tflite import save
    from edgekit.pipeline import build
    from tests.backends.graphs import small_int8

    start, pid = time.perf_counter(), os.fork()
    if pid == 0:
        save(small_int8(), folder / "small.tflite")
        build(folder / "small.tflite", ["coral"], folder / "build")
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), time.perf_counter() - start


def state(folder: Path) -> str:
    """`whole`, `absent` or what is wrong with the build folder."""
    from edgekit.pipeline.assemble import whole

    target = folder / "build" / "small" / "coral"
    if not target.exists():
        return "absent"
    key = json.loads((target / "manifest.json").read_text())["key"]
    manifest = whole(target, key)
    if manifest is None:
        return "damaged"
    names = {str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()}
    return "whole" if names == {*manifest["files"], "manifest.json"} else f"strange files: {names}"


def leftovers(folder: Path) -> list[str]:
    return [str(p) for p in folder.rglob("*") if ".new." in p.name or ".old." in p.name]


def main() -> None:
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    import ai_edge_litert.interpreter  # noqa: F401
    import tflite_micro.python.tflite_micro.runtime  # noqa: F401

    import edgekit.pipeline.build

    if "--no-exchange" in sys.argv:
        edgekit.files._exchange = lambda first, second: False  # as on systems without renameat2
    rng = random.Random(seed)
    states: list[str] = []
    seen = 0
    first, seconds = one_build(folder)
    states.append(state(folder) if first == 0 else f"the first build ended with {first}")
    for number in range(kills):
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            endless_builds(folder, 1000 * number)
            os._exit(0)
        time.sleep(rng.uniform(0.02, 1.5 * seconds))  # of a build as fast as this machine is now
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        states.append(state(folder))
        seen += bool(leftovers(folder))
    status, _ = one_build(folder)
    print(
        json.dumps({"states": states, "seen": seen, "status": status, "end": state(folder), "left": leftovers(folder)})
    )


if __name__ == "__main__":
    main()
