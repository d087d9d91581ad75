"""Tables, sizes and progress for people."""

from __future__ import annotations

import pytest

from edgekit.cli import _output
from edgekit.cli._progress import Lines, progress

ROWS = [(0, "model/batch_normalization_2/FusedBatchNormV3", 1234567), (1, "softmax", 20)]


def test_tables_in_pipes_are_neither_wrapped_nor_coloured_nor_padded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    _output.table(("#>", "layer", "values>"), ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and "\x1b" not in "".join(lines)
    assert lines[2].split() == ["0", "model/batch_normalization_2/FusedBatchNormV3", "1,234,567"]
    assert all(line == line.rstrip() for line in lines)


def test_narrow_tables_fold_text_and_lose_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    _output.table(("#>", "layer", "values>"), ROWS)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 40 and "1,234,567" in out and "…" not in out
    middle = "".join(line.split()[0 if line.startswith("  ") else 1] for line in out.splitlines()[2:-1])
    assert middle == ROWS[0][1]


def test_sizes_and_names() -> None:
    assert [_output.size(n) for n in (0, 9_999, 10_240, 20 << 20)] == ["0 B", "9,999 B", "10.0 KiB", "20.0 MiB"]
    assert _output.layer("a/Relu;b/BiasAdd;c") == "a/Relu" and _output.layer("a") == "a"


def test_plain_progress_is_patient_and_rare(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    lines = Lines(lambda: now)
    for now in (0.5, 1.9, 2.1, 5.0, 12.0, 12.2, 22.3):
        lines(int(now), 30, "train")
    lines(1, 1, "too early again")
    assert capsys.readouterr().err.splitlines() == ["train 2/30", "train 12/30", "train 22/30"]


def test_progress_off_a_terminal_prints_lines() -> None:
    with progress() as report:
        assert isinstance(report, Lines)
