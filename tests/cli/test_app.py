"""The frame of the command line: help, errors, exit codes, what is imported."""

from __future__ import annotations

import inspect
import re
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from edgekit import errors, plugins
from edgekit.cli import _app, _output
from tests.cli.conftest import Cli

HEAVY = ("numpy", "onnx", "torch", "pydantic", "onnxruntime", "ai_edge_litert", "flatbuffers")


def verbs() -> list[str]:
    return list(plugins.names("edgekit.cli"))


@pytest.mark.parametrize("arguments", [["--help"], ["simulate", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    heavy = HEAVY if arguments[0].startswith("-") else set(HEAVY) - {"pydantic"}  # typer itself checks types with it
    code = (
        "import sys\nfrom edgekit.cli import main\n"
        f"sys.argv = ['edgekit', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print(sorted(set({heavy!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_lists_every_verb_and_exit_code(cli: Cli) -> None:
    result = cli("--help")
    assert result.code == 0
    for verb in verbs():
        assert re.search(rf"^\W*{verb} ", result.out, re.MULTILINE), verb
    for code, meaning in _app.EXIT_CODES:
        assert f"{code:>5}  {meaning}" in result.out


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_has_help_with_an_example(cli: Cli, verb: str) -> None:
    result = cli(verb, "--help")
    assert result.code == 0
    assert re.search(rf"Examples?:\s+edgekit {verb}", result.out)


@pytest.mark.parametrize("verb", verbs())
def test_no_word_of_a_verb_s_help_is_taken_for_markup(cli: Cli, verb: str) -> None:
    written = inspect.getdoc(getattr(plugins.modules("edgekit.cli")[verb], verb)) or ""
    assert set(written.replace("\b", "").split()) <= set(cli(verb, "--help").out.split())


def test_every_class_of_error_has_its_own_exit_code() -> None:
    classes = errors.EdgekitError.__subclasses__()
    codes = [c.exit_code for c in classes]
    assert len(set(codes)) == len(codes) == 6
    assert set(codes) < {code for code, _ in _app.EXIT_CODES}


@pytest.mark.parametrize("kind", errors.EdgekitError.__subclasses__())
def test_an_error_is_three_parts_and_an_exit_code(
    kind: type[errors.EdgekitError], cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: object) -> None:
        raise kind("layer 3", "has 5 dimensions", "reshape it")

    monkeypatch.setattr("edgekit.api.load", broken)
    result = cli("simulate", "x.tflite", "-i", "a.npz", "-o", "b.npz")
    assert (result.code, result.out) == (kind.exit_code, "")
    assert result.err == "error: layer 3: has 5 dimensions\nnext: reshape it\n"
    asked = cli("simulate", "x.tflite", "-i", "a.npz", "-o", "b.npz", "--json")
    assert asked.json["error"] == {
        "kind": kind.__name__, "where": "layer 3", "what": "has 5 dimensions", "fix": "reshape it",
        "exit_code": kind.exit_code,
    }  # fmt: skip


def test_bugs_interrupts_and_exhausted_memory(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    call = ("simulate", "x.tflite", "-i", "a.npz", "-o", "b.npz")

    def raising(error: BaseException) -> None:
        def broken(path: object) -> None:
            raise error

        monkeypatch.setattr("edgekit.api.load", broken)

    raising(ZeroDivisionError("division by zero"))
    bug = cli(*call)
    assert bug.code == 70 and "ZeroDivisionError" in bug.err and "report" in bug.err and "Traceback" not in bug.err
    assert "Traceback" in cli(*call, "--traceback").err
    monkeypatch.setenv("EDGEKIT_TRACEBACK", "1")
    assert "Traceback" in cli(*call).err
    monkeypatch.delenv("EDGEKIT_TRACEBACK")
    raising(KeyboardInterrupt())
    assert cli(*call).code == 130
    raising(MemoryError())
    assert cli(*call).code == errors.MachineError.exit_code


@pytest.mark.parametrize("arguments", [["nonsense"], ["verify"], ["verify", "x", "--samples", "many"], ["--nonsense"]])
def test_a_wrong_command_line_is_exit_code_2(cli: Cli, arguments: list[str]) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Usage: edgekit" in result.err


def test_json_has_no_nan() -> None:
    assert _output._plain({"a": [float("nan"), 1.5], 2: ("x", None)}) == {"a": [None, 1.5], "2": ["x", None]}


def test_warnings_are_lines_on_stderr(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    class OurWarning(UserWarning):
        pass

    OurWarning.__module__ = "edgekit.somewhere"

    def warned(path: object) -> None:
        warnings.warn("looks like raw pixels", OurWarning, stacklevel=1)
        warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
        raise errors.InputError("x", "y")

    monkeypatch.setattr("edgekit.api.load", warned)
    result = cli("simulate", "x.tflite", "-i", "a.npz", "-o", "b.npz")
    assert result.err == "warning: looks like raw pixels\nerror: x: y\n"


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m edgekit targets --operators | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (141, "")


def test_ctrl_c_ends_at_once_with_130(model: Path) -> None:
    command = [sys.executable, "-m", "edgekit", "verify", str(model), "--samples", "1000000"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    first = process.stderr.readline()  # a line of progress: it is at work
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    assert process.wait(timeout=60) == 130 and "1000000" in first and rest.endswith("interrupted\n")
    assert "Traceback" not in rest
