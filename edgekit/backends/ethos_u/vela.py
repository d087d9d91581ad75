"""Driving Vela, Arm's compiler for Ethos-U (PyPI ethos-u-vela): its report of operators, and one compilation.

Vela is run as a program of this Python. What it leaves on the CPU it says on its output, with the reason.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edgekit.backends.ethos_u.options import Options
from edgekit.doctor import probe
from edgekit.doctor.tools.ethos_u_vela import TOOL
from edgekit.errors import InputError, ToolError

COMMAND = (sys.executable, "-m", "ethosu.vela")
REASON = re.compile(
    r"^Warning \(supported operators\) operator: (\S+), ofm: '([^\n]*)'\nReason: (.*?)(?=\n\n|\nWarning|\Z)",
    re.MULTILINE | re.DOTALL,
)
COUNT = re.compile(r"^(CPU|NPU) operators = (\d+)", re.MULTILINE)
ON_CPU = re.compile(r"^\s+CPU: (\S+) = (.*) \(outputs ", re.MULTILINE)


@dataclass(frozen=True)
class OnCpu:
    """An operator that Vela left on the CPU: its TensorFlow Lite name, its output tensor, and Vela's reason."""

    operator: str
    tensor: str
    reason: str


@dataclass(frozen=True)
class Compiled:
    """One compilation.

    Attributes: cpu: what stayed on the CPU; summary: Vela's figures by their names; text: all it said.
    """

    cpu: tuple[OnCpu, ...]
    summary: dict[str, str]
    text: str


def version() -> str:
    """Raises ToolError when Vela is absent or does not fit."""
    return probe.require(TOOL, "ethos-u-vela").version


@cache
def report() -> dict[str, frozenset[str]]:
    """By heading of the family, the TensorFlow Lite operators that this Vela may put on the NPU. Raises ToolError."""
    version()
    with tempfile.TemporaryDirectory(prefix="edgekit-vela-") as scratch:
        _run(["--supported-ops-report"], Path(scratch), 120)
        try:
            text = (Path(scratch) / "SUPPORTED_OPS.md").read_text("utf-8")
        except OSError as error:
            raise ToolError("Vela", "wrote no report of supported operators", TOOL.install) from error
    return parse_report(text)


def parse_report(text: str) -> dict[str, frozenset[str]]:
    """Raises ToolError when the report has no table that is understood."""
    found: dict[str, frozenset[str]] = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading = part.splitlines()[0].strip()
        names = re.findall(r"^\| ([A-Z][A-Z0-9_]*) \|", part, re.MULTILINE)
        if heading.endswith("TFLite Summary Table") and names:
            found[heading.removesuffix(" TFLite Summary Table")] = frozenset(names)
    if not found:
        raise ToolError("Vela", "its report of supported operators is not understood", TOOL.install)
    return found


def compile_model(model: Path, folder: Path, options: Options) -> Compiled:
    """Write `<model>_vela.tflite`, `vela.log`, `vela_summary.csv` and `vela_layers.csv` into `folder`.

    Raises:
        ToolError: Vela is absent, fails, or writes nothing. InputError: the configuration names nothing that is there.
    """
    with tempfile.TemporaryDirectory(prefix="edgekit-vela-") as scratch:
        out = Path(scratch) / "out"
        words = [str(model.resolve()), *options.arguments(), "--output-dir", str(out), "--show-cpu-operations"]
        text = _run([*words, "--verbose-performance"], Path(scratch), options.timeout)
        compiled = out / f"{model.stem}_vela.tflite"
        summaries, layers = sorted(out.glob("*_summary_*.csv")), sorted(out.glob("*per-layer.csv"))
        if not (compiled.is_file() and len(summaries) == 1):
            raise ToolError("Vela", f"ended well but wrote no compiled model; its last words: {_tail(text)}")
        shutil.copyfile(compiled, folder / compiled.name)
        shutil.copyfile(summaries[0], folder / "vela_summary.csv")
        if layers:
            shutil.copyfile(layers[0], folder / "vela_layers.csv")
        with open(summaries[0], newline="", encoding="utf-8") as file:
            (summary,) = list(csv.DictReader(file))
    (folder / "vela.log").write_text(text, "utf-8")
    return Compiled(left_on_cpu(text), summary, text)


def raw(model: Path, options: Options) -> dict[str, Any] | None:
    """The one command stream of a model that is wholly on the NPU, with weights, regions and offsets.

    Raises ToolError.
    """
    import numpy as np

    with tempfile.TemporaryDirectory(prefix="edgekit-vela-") as scratch:
        out = Path(scratch) / "out"
        words = [str(model.resolve()), *options.arguments(), "--output-dir", str(out), "--output-format", "raw"]
        _run(words, Path(scratch), options.timeout)
        files = sorted(out.glob("*_vela*.npz"))
        if len(files) != 1:
            return None
        with np.load(files[0], allow_pickle=False) as found:
            wanted = [name for name in found.files if not name.endswith("_quantization")]  # objects, not needed
            arrays = {name: found[name] for name in wanted}
    return {name: a.tobytes() if a.dtype.kind == "S" else a.tolist() for name, a in arrays.items()}


def left_on_cpu(text: str) -> tuple[OnCpu, ...]:
    """What Vela's output says of operators on the CPU; every one that it counts is there, with or without a reason."""
    found = {m[2]: OnCpu(m[1], m[2], " ".join(m[3].split())) for m in REASON.finditer(text)}
    for match in ON_CPU.finditer(text):
        found.setdefault(match[2], OnCpu(match[1], match[2], "Vela gives no reason"))
    counted = {kind: int(count) for kind, count in COUNT.findall(text)}
    if "CPU" not in counted:
        raise ToolError("Vela", f"its output is not understood: {_tail(text)}", TOOL.install)
    if counted["CPU"] and not found:
        found[""] = OnCpu("?", "?", f"Vela leaves {counted['CPU']} operators on the CPU and does not say which")
    return tuple(found.values()) if counted["CPU"] else ()


def _run(words: list[str], folder: Path, seconds: int) -> str:
    try:
        done = subprocess.run(
            [*COMMAND, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ToolError("Vela", f"did not finish in {seconds} s and was stopped", "raise the option timeout") from error
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        wrong = re.search(r"^ethosu\.vela\.errors\.\w+: \"?(?:Error: )?(.*)", text, re.MULTILINE)
        if wrong:
            raise InputError(
                "Vela's options", wrong[1].strip('"')[:300], "`vela --list-configs Arm/vela.ini` lists some"
            )
        raise ToolError("Vela", f"failed with exit status {done.returncode}: {_tail(text)}")
    return text


def _tail(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and set(line.strip()) != {"^"}]
    return " / ".join(lines[-2:])[-400:] or "nothing"
