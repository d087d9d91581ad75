"""Driving `edgetpu_compiler`, a closed program for x86-64 Linux.

Source: coral.ai, "Edge TPU Compiler": options, names of output files, installation.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from edgekit.backends.coral.log import Log, parse
from edgekit.backends.coral.options import Options
from edgekit.errors import ToolError, UnsupportedError, VerificationError

PROGRAM = "edgetpu_compiler"
VARIABLE = "EDGETPU_COMPILER"
INSTALL = (
    "on x86-64 Debian or Ubuntu: add Google's `coral-edgetpu-stable` apt source and `apt-get install edgetpu-compiler` "
    "(https://coral.ai/docs/edgetpu/compiler/#download)"
)
GRACE = 15  # seconds that a compiler gets beyond its own --timeout_sec before it is killed


@dataclass(frozen=True)
class Compiled:
    """A compilation that succeeded: output files, the parsed log, and its text."""

    files: tuple[Path, ...]
    log: Log
    text: str


def find(options: Options) -> Path | None:
    """The compiler: of the options, of EDGETPU_COMPILER, or on PATH; None when there is none.

    Raises:
        ToolError: the options or the variable name something that is no executable.
    """
    named = str(options.compiler) if options.compiler else os.environ.get(VARIABLE, "")
    if named:
        found = shutil.which(named)
        if found is None:
            where = "[target.coral] compiler" if options.compiler else VARIABLE
            raise ToolError(where, f"{named} is no executable program", INSTALL)
        return Path(found)
    found = shutil.which(PROGRAM)
    return Path(found) if found else None


def arguments(options: Options, model: str, folder: str) -> list[str]:
    """Command-line arguments for `model`, output to `folder`."""
    words = ["--show_operations", "--out_dir", folder, "--timeout_sec", str(options.timeout)]
    if options.min_runtime_version is not None:
        words += ["--min_runtime_version", str(options.min_runtime_version)]
    if options.search_delegate:
        words += ["--search_delegate"]
    if options.delegate_search_step is not None:
        words += ["--delegate_search_step", str(options.delegate_search_step)]
    if options.num_segments is not None:
        words += ["--num_segments", str(options.num_segments)]
    if options.enable_multiple_subgraphs:
        words += ["--enable_multiple_subgraphs"]
    if options.intermediate_tensors:
        words += ["--intermediate_tensors", ",".join(options.intermediate_tensors)]
    return [*words, model]


def version(program: Path) -> str:
    """What `--version` says. Raises ToolError."""
    text = _run([str(program), "--version"], 30, "its version")
    return parse(text).version or text.strip()[:80] or "unknown"


def compile_model(program: Path, model: Path, folder: Path, options: Options) -> Compiled:
    """Compile `model` into `folder`.

    Raises:
        ToolError: the compiler failed, took too long, wrote no model, or a log that makes no sense.
        VerificationError: it mapped less than `min_mapped`; names every operator that stayed on the CPU, and why.
    """
    with tempfile.TemporaryDirectory(prefix="edgekit-coral-") as scratch:
        command = [str(program), *arguments(options, str(model), scratch)]
        text = _run(command, options.timeout + GRACE, model.name)
        written = sorted(Path(scratch).glob(f"{model.stem}*_edgetpu.tflite"))
        logs = sorted(Path(scratch).glob("*.log"))
        log = parse("\n".join([text, *(path.read_text("utf-8", "replace") for path in logs)]))
        if not written:
            raise ToolError(PROGRAM, f"ended well but wrote no compiled model; its last words: {_tail(text)}")
        if len(written) != (options.num_segments or 1):
            raise ToolError(PROGRAM, f"wrote {len(written)} models, {options.num_segments or 1} were asked for")
        if not log.recognized:
            raise ToolError(
                PROGRAM, f"its log is not understood: {_tail(text)}", "is this the Edge TPU compiler? Compare --version"
            )
        require_mapped(log, options)
        for path in written:
            shutil.copyfile(path, folder / path.name)
    return Compiled(tuple(folder / path.name for path in written), log, text)


def require_mapped(log: Log, options: Options) -> None:
    """Raise when less was mapped than `min_mapped` asks for, or when operators stay on the CPU unallowed."""
    mapped, total = log.mapped, log.total
    reasons = "; ".join(f"{row.count} x {row.op}: {row.status}" for row in log.unmapped)
    limit = options.min_mapped
    if limit is None:
        allowed = {name.upper() for name in options.cpu}
        if log.unmapped and not options.cpu:
            raise UnsupportedError(
                "Edge TPU", f"{mapped} of {total} operators mapped; on the CPU: {reasons}",
                "change the model, set [target.coral] min_mapped, or list operators in cpu",
            )  # fmt: skip
        stranger = [row for row in log.unmapped if row.op not in allowed and "subgraph" not in row.status]
        if stranger:
            raise UnsupportedError("Edge TPU", f"operators on the CPU that cpu does not list: {reasons}")
        return
    if mapped is None or not total:
        raise VerificationError("[target.coral] min_mapped", "the compiler printed no table of operators to judge by")
    reached = mapped / total if isinstance(limit, float) else mapped
    if reached < limit:
        raise VerificationError(
            "[target.coral] min_mapped",
            f"{limit} required, {mapped} of {total} operators mapped; on the CPU: {reasons}",
            "change the model or lower min_mapped",
        )  # fmt: skip


def _run(command: list[str], seconds: int, what: str) -> str:
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
    except OSError as error:
        raise ToolError(command[0], f"cannot be started: {error.strerror}", INSTALL) from error
    try:
        raw, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise ToolError(
            PROGRAM, f"did not finish {what} in {seconds} s and was stopped", "raise [target.coral] timeout"
        ) from error
    finally:
        _stop(process)
    text = raw.decode("utf-8", "replace")
    if process.returncode != 0:
        raise ToolError(PROGRAM, f"failed on {what} with exit status {process.returncode}: {_tail(text)}")
    return text


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the compiler and its children; they share a process group of their own."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _tail(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-4:])[-600:] or "nothing"
