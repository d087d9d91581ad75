"""The CUDA target on the GPU at hand, beside PyTorch: `python -m benchmarks.cuda [MODEL.tflite ...]`.

Builds every network for the card here, then runs what a build folder has for a GPU: `check_on_gpu.py` (every layer's
values against the simulator's, times of inference and layers; with --sanitize also under compute-sanitizer) and
`beside_pytorch.py` (the same layers in PyTorch on the same card: float32, float16, int8; eagerly, and in a CUDA graph).
Batch 1; microseconds, medians. A difference is an error. Without a GPU: NOT RUN, and the folders can be carried to one:

    python -m benchmarks.cuda --prepare --architectures 90 --folder gpu    # here
    for f in gpu/*; do python3 $f/check_on_gpu.py; python3 $f/beside_pytorch.py; done    # there: Python, PyTorch
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.graphs import autoencoder, dscnn, mobilenet_v1_025, resnet8
from edgekit import frontend
from edgekit.backends import cuda
from edgekit.backends.cuda.beside_pytorch import PRECISIONS
from edgekit.graph import Graph
from edgekit.target import find_target

SECONDS = 900
NOT_RUN = 2  # exit code of both programs


def build(graph: Graph, folder: Path, architectures: list[int]) -> None:
    """The build folder, as `edgekit build --target cuda` has it, without manifest and report."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    artifact = cuda.compile(graph, find_target("cuda"), folder, {"architectures": architectures})
    for note in artifact.notes:
        print(f"{folder.name}: {note}")


def answer(folder: Path, program: str, *words: str) -> dict[str, Any] | None:
    """The last line of one of the folder's programs; None where it could not be run, and has said why."""
    command = [sys.executable, str(folder / program), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode == NOT_RUN:
        print(f"{folder.name}: {program}: {done.stdout.strip()}")
        return None
    if done.returncode:
        raise SystemExit(f"{folder.name}: {program}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    print(done.stdout)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def report(rows: dict[str, tuple[dict[str, Any], dict[str, Any] | None]]) -> None:
    names = [f"{precision}{kind}_us" for precision in PRECISIONS for kind in ("", "_graph")]
    columns = ["network", "layers that differ", "edgekit", "host to host", *(f"PyTorch {n[:-3]}" for n in names)]
    print(f"| {' | '.join(columns)} |")
    print("|" + "---|" * len(columns))
    for network, (checked, beside) in rows.items():
        times = [f"{(beside or {}).get(name, float('nan')):.1f}" for name in names]
        ours = [f"{checked[name]:.1f}" for name in ("inference_us", "round_trip_p50_us")]
        differ = f"{len(checked['differing_layers'])} of {checked['layers']}"
        print(f"| {' | '.join([network, differ, *ours, *times])} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "models", nargs="*", type=Path, help="int8 .tflite files; without: four networks like MLPerf Tiny's"
    )
    parser.add_argument("--folder", type=Path, help="where the build folders go; without: a temporary one")
    parser.add_argument("--architectures", type=int, nargs="*", default=[], help="without: the card's")
    parser.add_argument("--prepare", action="store_true", help="build only")
    parser.add_argument("--sanitize", action="store_true", help="under compute-sanitizer too")
    given = parser.parse_args()
    made = [resnet8(), mobilenet_v1_025(), dscnn(), autoencoder()]
    graphs = {path.stem: frontend.load(path) for path in given.models} or {graph.name: graph for graph in made}
    with tempfile.TemporaryDirectory() as room:
        rows = {}
        for name, graph in graphs.items():
            folder = (given.folder or Path(room)) / name
            build(graph, folder, given.architectures)
            if given.prepare:
                continue
            checked = answer(folder, "check_on_gpu.py", *(["--sanitize"] if given.sanitize else []))
            if checked is not None:
                rows[name] = checked, answer(folder, "beside_pytorch.py")
        if rows:
            report(rows)


if __name__ == "__main__":
    main()
