"""Fits the cost model of `edgekit/backends/c/counts/`: `python -m ci.fit_counts`.

Random layers are compiled for every emulated core and counted; each kernel's instructions are fitted, by relative least
squares without negative coefficients, to its features. Only kernels whose sources changed since are fitted, without
--all. Needs arm-none-eabi-gcc and QEMU; all kernels take a few minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ci.layer_counts import Counted, count
from ci.layer_samples import samples
from edgekit import plugins
from edgekit.backends.c import counts, toolchain
from edgekit.backends.c.options import Options, options_of
from edgekit.backends.c.project import firmware_folder
from edgekit.target import find_target

TARGETS = ("qemu-m3", "qemu-m4", "qemu-m7", "qemu-m33", "qemu-m55")
LEVELS = ("-O3", "-Os")
SPARE = 2  # layers more than coefficients
DIGITS = 6  # of a coefficient
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


def fit(counted: Sequence[Counted]) -> Fit:
    """Relative least squares over layers of one kernel on one core."""
    rows = [counts.features(one.call) or {} for one in counted]
    names = list(dict.fromkeys(name for row in rows for name in row))
    y = np.array([one.instructions for one in counted], np.float64)
    a = np.array([[row.get(name, 0.0) for name in names] for row in rows], np.float64) / y[:, None]
    size = np.where(a.any(axis=0), np.linalg.norm(a, axis=0), 1.0)
    x = non_negative(a / size, np.ones(len(y))) / size
    kept = {n: float(f"{v:.{DIGITS}g}") for n, v in zip(names, x, strict=True) if v > 0}
    errors = [
        sum(v * row.get(n, 0.0) for n, v in kept.items()) / one.instructions - 1
        for row, one in zip(rows, counted, strict=True)
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


def linked_bytes(file: str, kernel: str, options: Options, level: str) -> int:
    """Bytes of one kernel of the file and of what it calls there."""
    with tempfile.TemporaryDirectory() as name:
        image, root = Path(name) / "kernel.elf", firmware_folder()
        command = [
            options.compiler, *options.flags, *toolchain.WARNINGS, level, f"-I{root / 'include'}",
            "-ffunction-sections", "-fdata-sections", str(root / "src" / f"{file}.c"), "-nostdlib", "-Wl,--gc-sections",
            f"-Wl,--entry=ek_{kernel}", "-Wl,--unresolved-symbols=ignore-all", "-o", str(image),
        ]  # fmt: skip
        subprocess.run(command, check=True, timeout=120)
        return toolchain.sizes(image, options).text


def write(file: str, fits: Mapping[tuple[str, str, str], Fit]) -> None:
    """`<file>.toml`: what was fitted, by level, core and kernel."""
    lines = list[str]()
    for (level, core, kernel), fitted in fits.items():
        lines += [f"# {_quality(fitted.errors)}", f'[instructions."{level}".{core}.{kernel}]']
        lines += [f"unseen = {json.dumps(fitted.unseen)}"] if fitted.unseen else []
        lines += [*(f"{n} = {v!r}" for n, v in fitted.coefficients.items()), ""]
    _write(file, counts.fingerprint(file), list(fits), "\n".join(lines))


def renew_text(file: str) -> None:
    """`<file>.toml` with the bytes of code measured anew, all else as it is."""
    path, old = counts.HERE / f"{file}.toml", counts.measured(file)
    found = [(level, core, k) for level, cores in old["instructions"].items() for core, of in cores.items() for k in of]
    fitted = path.read_text("utf-8").split("\n\n# ", 1)[1]
    _write(file, old["fingerprint"], found, f"# {fitted}")


def _write(file: str, fingerprint: str, fitted: Sequence[tuple[str, str, str]], instructions: str) -> None:
    """The file: the code's bytes by level and core, whole and of each kernel where there are several; the fits."""
    kernels = defaultdict[tuple[str, str], list[str]](list)
    for level, core, kernel in fitted:
        kernels[level, core].append(kernel)
    options: dict[str, Options] = {o.core: o for o in map(options_of, map(find_target, TARGETS))}
    lines = ["# Made by python -m ci.fit_counts.", f'fingerprint = "{fingerprint}"', ""]
    for level in dict.fromkeys(level for level, _ in kernels):
        cores = [core for of, core in kernels if of == level]
        lines += [f'[text."{level}"]', *(f"{core} = {code_bytes(file, options[core], level)}" for core in cores), ""]
    for (level, core), names in kernels.items():
        if len(names) > 1:
            lines.append(f'[linked."{level}".{core}]')
            lines += [*(f"{name} = {linked_bytes(file, name, options[core], level)}" for name in names), ""]
    text = "\n".join(lines) + "\n" + instructions.rstrip("\n") + "\n"
    (counts.HERE / f"{file}.toml").write_text(text, "utf-8")


def _quality(errors: Sequence[float]) -> str:
    worst, mean = 100 * float(np.max(np.abs(errors))), 100 * float(np.mean(np.abs(errors)))
    return f"{len(errors):4} layers, at most {worst:.2f} % off, on average {mean:.2f} %"


def stale(file: str) -> bool:
    return bool(counts.measured(file).get("fingerprint") != counts.fingerprint(file))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="fit all kernels, not only those whose sources changed")
    parser.add_argument("--kernel", action="append", help="fit these files of firmware/src, changed or not")
    parser.add_argument("--text", action="store_true", help="only measure the code of kernels anew, in seconds")
    given = parser.parse_args()
    kernels = {path.stem for path in (firmware_folder() / "src").glob("*.c")}
    known = [name for name in plugins.names("edgekit.backends.c.counts") if name in kernels]
    if given.text:
        for file in given.kernel or known:
            renew_text(file)
        return
    files = [f for f in given.kernel or known if given.all or given.kernel or stale(f)]
    if not files:
        print("nothing to do: no kernel changed since it was fitted")
        return
    print(f"fitting {', '.join(files)}", flush=True)
    fits = {file: dict[tuple[str, str, str], Fit]() for file in files}
    graphs = list(samples())
    for level in LEVELS:
        for target in TARGETS:
            options = options_of(find_target(target)).model_copy(update={"optimization": level})
            found = defaultdict(list)
            for one in count(graphs, options, lambda found: [call for call in found if call.file in files]):
                found[one.call.file, one.call.kernel].append(one)
            for (file, kernel), counted in sorted(found.items()):
                fitted = fit(counted)
                if len(counted) < len(fitted.coefficients) + SPARE:
                    print(f"{level} {target} {kernel:26} {len(counted)} layers are too few: NOT FITTED")
                    continue
                fits[file][level, options.core, kernel] = fitted
                print(f"{level} {target} {kernel:26} {_quality(fitted.errors)}", flush=True)
    for file in files:
        write(file, fits[file])


if __name__ == "__main__":
    main()
