"""Fits the cost model of `edgekit/backends/c/counts/`: `python -m ci.fit_counts`.

Random layers are compiled for every emulated core and counted; each kernel's instructions are fitted, by relative least
squares without negative coefficients, to its features. So are estimated cycles, of fewer layers: for them everything
that is executed is logged. Without --all only what is missing is fitted: kernels whose sources changed, and cycles of a
core whose table of costs did. Needs arm-none-eabi-gcc and QEMU.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ci.layer_counts import Counted, count, picked
from ci.layer_samples import samples
from edgekit import plugins
from edgekit.backends.c import counts, cycles, toolchain
from edgekit.backends.c.call import Call
from edgekit.backends.c.options import Options, options_of
from edgekit.backends.c.project import firmware_folder
from edgekit.graph import Graph
from edgekit.target import find_target

TARGETS = ("qemu-m3", "qemu-m4", "qemu-m7", "qemu-m33", "qemu-m55")
OPTIONS: dict[str, Options] = {found.core: found for found in map(options_of, map(find_target, TARGETS))}
LEVELS = ("-O3", "-Os")
SPARE = 2  # layers more than coefficients
LAYERS, RUNS = 30, 12  # of a kernel for its cycles, and of each of its parts
DIGITS = 6  # of a coefficient
PAIRED = 4  # kernels of a file, whose code is also measured by twos
FITTED = re.compile(r"^\[(instructions|cycles)\.", re.MULTILINE)
EMPTY: Mapping[str, str] = {}
Key = tuple[str, str, str]  # level, core, kernel
Floats = NDArray[np.float64]


def non_negative(a: Floats, b: Floats) -> Floats:
    """x >= 0 of least ||a x - b|| (Lawson and Hanson, Solving Least Squares Problems, 1974, algorithm 23.10)."""
    x = np.zeros(a.shape[1])
    free = np.zeros(a.shape[1], bool)
    for _ in range(20 * a.shape[1]):
        gradient = np.where(free, -np.inf, a.T @ (b - a @ x))
        if gradient.max(initial=-np.inf) <= 1e-9:
            break
        free[gradient.argmax()] = True
        while True:
            trial = np.zeros_like(x)
            trial[free] = np.linalg.lstsq(a[:, free], b, rcond=None)[0]
            if trial[free].min() > 0:
                break
            falling = free & (trial <= 0)
            step = np.min(x[falling] / np.maximum(x[falling] - trial[falling], 1e-300))
            x = x + step * (trial - x)
            free &= x > 1e-12
        x = trial
    return x


@dataclass(frozen=True)
class Fit:
    """Coefficients by feature, features that no layer had, and the relative error of every count."""

    coefficients: dict[str, float]
    unseen: tuple[str, ...]
    errors: list[float]


def fit(calls: Sequence[Call], measured: Sequence[int]) -> Fit:
    """Relative least squares over layers of one kernel on one core."""
    rows = [counts.features(call) or {} for call in calls]
    names = list(dict.fromkeys(name for row in rows for name in row))
    y = np.array(measured, np.float64)
    a = np.array([[row.get(name, 0.0) for name in names] for row in rows], np.float64) / y[:, None]
    size = np.where(a.any(axis=0), np.linalg.norm(a, axis=0), 1.0)
    x = non_negative(a / size, np.ones(len(y))) / size
    kept = {n: float(f"{v:.{DIGITS}g}") for n, v in zip(names, x, strict=True) if v > 0}
    errors = [
        sum(v * row.get(n, 0.0) for n, v in kept.items()) / number - 1
        for row, number in zip(rows, measured, strict=True)
    ]
    return Fit(kept, tuple(n for n, seen in zip(names, a.any(axis=0), strict=True) if not seen), errors)


def code_bytes(file: str, options: Options, level: str) -> int:
    """Bytes of a kernel file's code and tables, compiled alone."""
    with tempfile.TemporaryDirectory() as name:
        image = Path(name) / "kernel.o"
        root = firmware_folder()
        command = [options.compiler, *options.flags, *toolchain.WARNINGS, level, f"-I{root / 'include'}", "-c",
                   str(root / "src" / f"{file}.c"), "-o", str(image)]  # fmt: skip
        subprocess.run(command, check=True, timeout=120)
        return toolchain.sizes(image, options).text


def linked_bytes(file: str, kernels: Sequence[str], options: Options, level: str) -> int:
    """Bytes of these kernels of the file and of what they call there."""
    with tempfile.TemporaryDirectory() as name:
        image, root = Path(name) / "kernel.elf", firmware_folder()
        command = [
            options.compiler, *options.flags, *toolchain.WARNINGS, level, f"-I{root / 'include'}",
            "-ffunction-sections", "-fdata-sections", str(root / "src" / f"{file}.c"), "-nostdlib", "-Wl,--gc-sections",
            *(f"-Wl,--undefined=ek_{kernel}" for kernel in kernels), f"-Wl,--entry=ek_{kernels[0]}",
            "-Wl,--unresolved-symbols=ignore-all", "-o", str(image),
        ]  # fmt: skip
        subprocess.run(command, check=True, timeout=120)
        return toolchain.sizes(image, options).text


def write(file: str, instructions: Mapping[Key, str]) -> None:
    """`<file>.toml` anew: fits of instructions by level, core and kernel, and the code's bytes."""
    _write(file, _text(file, list(instructions)), [*instructions.values()])


def add_cycles(file: str, core: str, fits: Sequence[str]) -> None:
    """`<file>.toml` with these fits of cycles on a core, all else as it is."""
    parts = _parts(file)
    of_core = re.compile(rf'^\[cycles\."[^"]+"\.{core}\.', re.MULTILINE)
    kept = [part for part in parts if FITTED.search(part) and not of_core.search(part)]
    of_text = [part for part in parts if part.startswith(("[text.", "[linked.", "[both."))]
    costs = {**counts.measured(file).get("costs", {}), core: cycles.fingerprint(core)}
    _write(file, of_text, [*kept, *fits], costs)


def renew_text(file: str) -> None:
    """`<file>.toml` with the bytes of code measured anew, all else as it is."""
    old = counts.measured(file)
    found = [(level, core, k) for level, cores in old["instructions"].items() for core, of in cores.items() for k in of]
    _write(file, _text(file, found), [part for part in _parts(file) if FITTED.search(part)], old.get("costs", {}))


def _parts(file: str) -> list[str]:
    return (counts.HERE / f"{file}.toml").read_text("utf-8").rstrip("\n").split("\n\n")


def _text(file: str, fitted: Sequence[Key]) -> list[str]:
    """The code's bytes by level and core, whole, and of each kernel where there are several; of few of each two too."""
    kernels = defaultdict[tuple[str, str], list[str]](list)
    for level, core, kernel in fitted:
        kernels[level, core].append(kernel)
    found = []
    for level in dict.fromkeys(level for level, _ in kernels):
        cores = [core for of, core in kernels if of == level]
        found.append("\n".join([f'[text."{level}"]', *(f"{c} = {code_bytes(file, OPTIONS[c], level)}" for c in cores)]))
    for (level, core), names in kernels.items():
        if len(names) > 1:
            sizes = (f"{name} = {linked_bytes(file, [name], OPTIONS[core], level)}" for name in names)
            found.append("\n".join([f'[linked."{level}".{core}]', *sizes]))
        if 1 < len(names) <= PAIRED:
            pairs = combinations(sorted(names), 2)
            sizes = (f'"{a}+{b}" = {linked_bytes(file, [a, b], OPTIONS[core], level)}' for a, b in pairs)
            found.append("\n".join([f'[both."{level}".{core}]', *sizes]))
    return found


def _write(file: str, of_text: Sequence[str], fits: Sequence[str], costs: Mapping[str, str | None] = EMPTY) -> None:
    parts = [f'# Made by python -m ci.fit_counts.\nfingerprint = "{counts.fingerprint(file)}"']
    parts += ["\n".join(["[costs]", *(f'{core} = "{of}"' for core, of in sorted(costs.items()))])] if costs else []
    (counts.HERE / f"{file}.toml").write_text("\n\n".join([*parts, *of_text, *fits]) + "\n", "utf-8")
    counts.measured.cache_clear()


def shown(unit: counts.Unit, level: str, core: str, kernel: str, fitted: Fit) -> str:
    """A fit as a part of the file."""
    lines = [f"# {_quality(fitted.errors)}", f'[{unit}."{level}".{core}.{kernel}]']
    lines += [f"unseen = {json.dumps(fitted.unseen)}"] if fitted.unseen else []
    return "\n".join([*lines, *(f"{n} = {v!r}" for n, v in fitted.coefficients.items())])


def _quality(errors: Sequence[float]) -> str:
    worst, mean = 100 * float(np.max(np.abs(errors))), 100 * float(np.mean(np.abs(errors)))
    return f"{len(errors):4} layers, at most {worst:.2f} % off, on average {mean:.2f} %"


def stale(file: str) -> bool:
    return bool(counts.measured(file).get("fingerprint") != counts.fingerprint(file))


def lacks_cycles(file: str, core: str) -> bool:
    """Whether a kernel of the file has instructions on the core, and no cycles by the table of costs as it is."""
    found = counts.measured(file)
    levels = [level for level in LEVELS if counts.has_cycles(core, level)]
    kernels, known = (
        {(level, name) for level in levels for name in found.get(unit, {}).get(level, {}).get(core, {})}
        for unit in counts.UNITS
    )
    return bool(kernels - known or (kernels and found.get("costs", {}).get(core) != cycles.fingerprint(core)))


class Few:
    """Picks so many calls of the files that every part of a kernel runs in `RUNS` of them, where there are as many."""

    def __init__(self, files: Collection[str]) -> None:
        self.files = files
        self.kept = Counter[str]()
        self.runs = Counter[tuple[str, str]]()

    def __call__(self, candidates: Sequence[Call]) -> list[Call]:
        return [call for call in candidates if call.file in self.files and self._wanted(call)]

    def _wanted(self, call: Call) -> bool:
        parts = [(call.kernel, name) for name, times in (counts.features(call) or {}).items() if times]
        wanted = self.kept[call.kernel] < LAYERS or any(self.runs[part] < RUNS for part in parts)
        if wanted:
            self.kept[call.kernel] += 1
            self.runs.update(parts)
        return wanted


def fits(unit: counts.Unit, level: str, core: str, counted: Sequence[Counted]) -> Iterator[tuple[str, str, str]]:
    """File, kernel and fit of every kernel with enough layers; says how good it is."""
    found = defaultdict[tuple[str, str], list[Counted]](list)
    for one in counted:
        found[one.call.file, one.call.kernel].append(one)
    for (file, kernel), some in sorted(found.items()):
        fitted = fit([one.call for one in some], [one.cycles or one.instructions for one in some])
        what = f"{unit:12} {level} {core:11} {kernel:32}"
        if len(some) < len(fitted.coefficients) + SPARE:
            print(f"{what} {len(some)} layers are too few: NOT FITTED")
            continue
        yield file, kernel, shown(unit, level, core, kernel, fitted)
        print(f"{what} {_quality(fitted.errors)}", flush=True)


def fit_instructions(graphs: Sequence[Graph], files: Sequence[str]) -> None:
    found = {file: dict[Key, str]() for file in files}
    for core in OPTIONS:
        some = picked(graphs, core, lambda candidates: [call for call in candidates if call.file in found])
        for level in LEVELS:
            counted = count(some, OPTIONS[core].model_copy(update={"optimization": level}))
            for file, kernel, text in fits("instructions", level, core, counted):
                found[file][level, core, kernel] = text
    for file, made in found.items():
        write(file, {key: made[key] for level in LEVELS for key in made if key[0] == level})


def fit_cycles(graphs: Sequence[Graph], files: Sequence[str]) -> None:
    """Where they are missing. The order of the layers is drawn: `Few` must not see one sampler's only."""
    order = np.random.default_rng(0).permutation(len(graphs))
    for core in reversed(OPTIONS):
        missing = [file for file in files if lacks_cycles(file, core)]
        some = picked([graphs[i] for i in order], core, Few(missing)) if missing else []
        made = list[tuple[str, str, str]]()
        for level in (level for level in LEVELS if some and counts.has_cycles(core, level)):
            counted = count(some, OPTIONS[core].model_copy(update={"optimization": level}), cycles.costs_of(core))
            made += fits("cycles", level, core, counted)
        for file in missing:
            add_cycles(file, core, [text for of, _, text in made if of == file])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="fit all kernels, not only what is missing")
    parser.add_argument("--kernel", action="append", help="fit these files of firmware/src, changed or not")
    parser.add_argument("--text", action="store_true", help="only measure the code of kernels anew, in seconds")
    given = parser.parse_args()
    kernels = {path.stem for path in (firmware_folder() / "src").glob("*.c")}
    known = [name for name in plugins.names("edgekit.backends.c.counts") if name in kernels]
    files = given.kernel or known
    if given.text:
        for file in files:
            renew_text(file)
        return
    changed = [file for file in files if given.all or given.kernel or stale(file)]
    lacking = [file for file in files if file in changed or any(lacks_cycles(file, core) for core in OPTIONS)]
    print(f"instructions of {', '.join(changed) or 'nothing'}; cycles of {', '.join(lacking) or 'nothing'}", flush=True)
    graphs = list(samples()) if lacking else []
    if changed:
        fit_instructions(graphs, changed)
    fit_cycles(graphs, lacking)


if __name__ == "__main__":
    main()
