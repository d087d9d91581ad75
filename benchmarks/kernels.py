"""Kernels and models on emulated cores beside TensorFlow Lite Micro with CMSIS-NN: `python -m benchmarks.kernels`.

Instructions are executed ones, counted by QEMU, of one inference in its steady state, requantization, padding and all
preparation included; every count is taken twice and a difference of one instruction is an error. MACs count padding.
Cycles are estimated, per MAC. `arena` holds all activations and scratch. `text` is all flash that an inference needs
but weights and their per-channel constants, at -O2; `constants` the rest. Peers: `peers.toml`.

    python -m benchmarks.kernels --kernel conv_3x3 --core m4           one kernel on one core
    python -m benchmarks.kernels --model kws_dscnn_int8 --layers       one model, every layer
    python -m benchmarks.kernels --model path/to/model.tflite          any int8 model
    python -m benchmarks.kernels --objectives --model dscnn            what --optimize speed, ram and flash trade
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import graphs
from benchmarks.measure import TEXT_LEVEL, Measured, measure
from edgekit import channels, frontend, passes
from edgekit.backends.c.choice import LEVELS
from edgekit.device.emulator import QEMU
from edgekit.device.emulator import version as qemu_version
from edgekit.errors import EdgekitError
from edgekit.graph import Graph

HERE = Path(__file__).resolve().parent
CORES = ("m4", "m7", "m33", "m55")
MODEL_CORES = ("m4", "m7", "m55")
OBJECTIVE_CORES = ("m4", "m55")
COMPILER = "arm-none-eabi-gcc"
KERNELS = {make.__name__: make for make in graphs.KERNELS}
NETWORKS = {make.__name__: make for make in graphs.NETWORKS}


def peers() -> dict[str, Any]:
    """`peers.toml`."""
    return tomllib.loads((HERE / "peers.toml").read_text("utf-8"))


def shared_models() -> Path | None:
    """The folder of the MLPerf Tiny models: below $EDGEKIT_SHARED, else beside the checkout."""
    for root in (os.environ.get("EDGEKIT_SHARED"), HERE.parents[1] / "shared"):
        if root is not None and (folder := Path(root) / "models" / "mlperf_tiny").is_dir():
            return folder
    return None


def graph_of(name: str) -> Graph | None:
    """The model file, MLPerf Tiny model or network of that name; None where the MLPerf Tiny models are not here."""
    if name in NETWORKS:
        return NETWORKS[name]()
    path = Path(name)
    if path.suffix != ".tflite":
        folder = shared_models()
        if folder is None:
            return None
        path = folder / f"{name}.tflite"
    return channels.leave_out(passes.optimize(frontend.load(path)))  # as a build does


def ratio(value: float, of: float | None, digits: int = 3) -> str:
    return f"{value / of:.{digits}f}" if of else "-"


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def kernel_row(name: str, core: str, found: Measured, peer: Mapping[str, Any]) -> dict[str, Any]:
    """Instructions per MAC beside CMSIS-NN's and the bound."""
    ((_, _, macs, count),) = found.layers
    if macs != peer["macs"]:
        raise SystemExit(f"{name} has {macs} MACs, peers.toml is about {peer['macs']}")
    theirs, bound = (peer[key].get(f"qemu-{core}") for key in ("cmsis_nn", "bound"))
    return {
        "kernel": peer["title"], "core": core, "instructions": count, "per_mac": count / macs, "cmsis_nn": theirs,
        "cycles_per_mac": None if found.cycles is None else found.cycles / macs, "files": found.kernels,
        "bound": bound, "met": None if bound is None else count / macs <= bound, "scratch": found.scratch,
        "text": found.text,
    }  # fmt: skip


def model_row(name: str, core: str, found: Measured, peer: Mapping[str, Any]) -> dict[str, Any]:
    """Instructions and bytes beside TensorFlow Lite Micro's."""
    theirs, arena, text = (peer.get(k, {}).get(f"qemu-{core}") for k in ("instructions", "arena", "text"))
    macs = sum(layer[2] for layer in found.layers)
    return {
        "model": name, "core": core, "instructions": found.instructions, "macs": macs, "tflm": theirs,
        "cycles": found.cycles,
        "bound": peer.get("bound") if theirs else None,
        "met": found.instructions <= peer["bound"] * theirs if theirs else None,
        "arena": found.arena, "tflm_arena": arena, "text": found.text, "tflm_text": text,
        "constants": found.constants, "stack": found.stack, "files": found.kernels,
        "layers": [dict(zip(("layer", "op", "macs", "instructions"), x, strict=True)) for x in found.layers],
    }  # fmt: skip


def print_kernel(row: Mapping[str, Any]) -> None:
    verdict = "" if row["met"] is None else "met" if row["met"] else "MISSED"
    cells = (f"{row['per_mac']:.3f}", number(row["cycles_per_mac"]), number(row["bound"]), verdict,
             number(row["cmsis_nn"]), ratio(row["per_mac"], row["cmsis_nn"], 2), number(row["scratch"]),
             number(row["text"]))  # fmt: skip
    print(
        f"{row['kernel']:26}{row['core']:>5}{row['instructions']:12,}" + "".join(f"{c:>10}" for c in cells), flush=True
    )


def print_model(row: Mapping[str, Any], layers: bool) -> None:
    verdict = "" if row["met"] is None else "met" if row["met"] else "MISSED"
    cells = (ratio(row["instructions"], row["macs"]), ratio(row["cycles"] or 0, row["macs"]),
             number(row["tflm"]), ratio(row["instructions"], row["tflm"]),
             number(row["bound"]), verdict, number(row["arena"]), number(row["tflm_arena"]), number(row["text"]),
             number(row["tflm_text"]), number(row["constants"]))  # fmt: skip
    print(f"{row['model'][-20:]:20}{row['core']:>5}{row['instructions']:13,}" + "".join(f"{c:>11}" for c in cells),
          flush=True)  # fmt: skip
    for i, x in enumerate(row["layers"] if layers else ()):
        name = x["layer"].split(";", 1)[0][-34:]
        print(f"  {i:3} {name:35}{x['op']:20}{x['macs']:12,}{x['instructions']:13,}"
              f"{ratio(x['instructions'], x['macs']):>9}")  # fmt: skip


def kernel_table(names: Sequence[str], known: Mapping[str, Any], given: argparse.Namespace) -> list[dict[str, Any]]:
    if names and not given.json:
        head = ("per MAC", "cycles", "bound", "", "CMSIS-NN", "ratio", "scratch", "text")
        print(f"\n{'kernel':26}{'core':>5}{'instructions':>12}" + "".join(f"{x:>10}" for x in head))
    rows = []
    for name in names:
        for core in given.core or CORES:
            found = measure(KERNELS[name](), f"qemu-{core}", cycles=given.cycles)
            rows.append(kernel_row(name, core, found, known[name]))
            if not given.json:
                print_kernel(rows[-1])
    return rows


def model_table(
    graphs: Mapping[str, Graph], known: Mapping[str, Any], given: argparse.Namespace
) -> list[dict[str, Any]]:
    if graphs and not given.json:
        head = (
            "per MAC",
            "cycles",
            "TFLM",
            "ratio",
            "bound",
            "",
            "arena",
            "TFLM arena",
            "text",
            "TFLM text",
            "constants",
        )
        print(f"\n{'model':20}{'core':>5}{'instructions':>13}" + "".join(f"{x:>11}" for x in head))
    rows = []
    for name, graph in graphs.items():
        for core in given.core or MODEL_CORES:
            found = measure(graph, f"qemu-{core}", cycles=given.cycles)
            rows.append(model_row(name, core, found, known.get(name, {})))
            if not given.json:
                print_model(rows[-1], given.layers)
    return rows


def objective_table(graphs: Mapping[str, Graph], given: argparse.Namespace) -> list[dict[str, Any]]:
    """What --optimize trades. Flash is of the build: text at its own level, and all constants."""
    if graphs and not given.json:
        head = ("instructions", "arena", "text", "weights", "flash")
        print(f"\n{'model':20}{'core':>5}{'--optimize':>12}" + "".join(f"{x:>14}" for x in head))
    rows = []
    for name, graph in graphs.items():
        for core in given.core or OBJECTIVE_CORES:
            for aim, level in LEVELS.items():
                found = measure(graph, f"qemu-{core}", {"optimize": aim}, level=level)
                row = {"model": name, "core": core, "optimize": aim, "instructions": found.instructions}
                row |= {"arena": found.arena, "text": found.text, "weights": found.weights}
                rows.append({**row, "flash": found.text + found.weights})
                if not given.json:
                    cells = [number(rows[-1][key]) for key in ("instructions", "arena", "text", "weights", "flash")]
                    print(f"{name[-20:]:20}{core:>5}{aim:>12}" + "".join(f"{c:>14}" for c in cells), flush=True)
    return rows


def parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", action="append", choices=["m3", *CORES], help="may be given several times")
    parser.add_argument("--kernel", action="append", choices=sorted(KERNELS), help="only these kernels, no models")
    parser.add_argument("--model", action="append", help="only these: MLPerf Tiny names, networks, .tflite files")
    parser.add_argument("--layers", action="store_true", help="print every layer of the models")
    parser.add_argument("--objectives", action="store_true", help="only the table of what --optimize trades")
    parser.add_argument("--no-cycles", dest="cycles", action="store_false", help="estimate no cycles, which is slow")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the tables")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    given = parsed(argv)
    missing = [tool for tool in (COMPILER, QEMU) if shutil.which(tool) is None]
    if missing:
        print(f"kernels: NOT RUN: {' and '.join(missing)} not installed; `edgekit doctor` says where from")
        return
    known, some = peers(), bool(given.kernel or given.model or given.objectives)
    if not given.json:
        print(f"instructions on {qemu_version()}, -O3; text at {TEXT_LEVEL}; every count taken twice, equal")
    names = given.model or ([] if given.kernel else [*known["models"], *NETWORKS])
    found = {Path(name).stem: graph_of(name) for name in names}
    here = {name: graph for name, graph in found.items() if graph is not None}
    absent = sorted(set(found) - set(here))
    tables = {
        "kernels": kernel_table(given.kernel or ([] if some else list(KERNELS)), known["kernels"], given),
        "models": model_table({} if given.objectives else here, known["models"], given),
        "objectives": objective_table(here if given.objectives or not some else {}, given),
    }
    if given.json:
        print(json.dumps({**tables, "not_run": absent}))
    elif absent:
        print(f"NOT RUN: {', '.join(absent)}: the MLPerf Tiny models are not here; EDGEKIT_SHARED names their folder")


if __name__ == "__main__":
    try:
        main()
    except EdgekitError as error:
        raise SystemExit(f"error: {error}") from error
