"""docs/serial.md names every command and limit of the harness and the session."""

from __future__ import annotations

import re
from pathlib import Path

from edgekit.device import session

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "serial.md").read_text("utf-8")
HARNESS = ROOT / "firmware" / "harness"
PROTOCOL, MLPERF = ((HARNESS / name).read_text("utf-8") for name in ("protocol.c", "mlperf.h"))


def test_every_command_is_on_the_page() -> None:
    ours, theirs = PAGE.split("## edgekit's commands")[1], PAGE.split("## edgekit's commands")[0]
    found = {
        page: re.findall(r'strcmp\(verb, "(\w+)"\) == 0', text) for page, text in ((ours, PROTOCOL), (theirs, MLPERF))
    }
    assert sum(map(len, found.values())) > 12
    for page, verbs in found.items():
        assert [verb for verb in verbs if f"`{verb}" not in page] == []


def test_the_limits_are_those_of_the_code() -> None:
    (line,) = re.findall(r"#define LINE_BYTES (\d+)", PROTOCOL)
    (chunk,) = re.findall(r"#define CHUNK_BYTES (\d+)", PROTOCOL)
    assert f"at most {line} characters" in PAGE and f"up to {chunk} bytes of the arena" in PAGE
    assert f"{session.ATTEMPTS} attempts, then one error" in PAGE
    assert f"Input goes out {session.CHUNK} bytes" in PAGE and f"then {session.SMALLEST_CHUNK}, whose lines" in PAGE
    assert re.search(rf"up to\s+{session.RUNS} times", PAGE)
    for verb in ("infer", "db", "results"):  # a damaged tail must not start long work
        assert f"| `{verb} " not in PAGE.split("## edgekit's commands")[1]
