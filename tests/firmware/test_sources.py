"""Headers that a project needs are found by what its files include."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edgekit import backends
from edgekit.backends.c.sources import copy_headers
from edgekit.target import find_target
from tests.cli.conftest import small_graph


def test_headers_of_headers_come_from_the_first_root_that_has_them(tmp_path: Path) -> None:
    files = {
        "main.c": '  #  include "edgekit/x.h"\n#include "model.h"\n',
        "a/edgekit/x.h": '#include "edgekit/y.h"\n',
        "a/edgekit/z.h": "",
        "b/edgekit/x.h": "other",
        "b/edgekit/y.h": "2",
    }
    for at, text in files.items():
        (tmp_path / at).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / at).write_text(text)
    copy_headers([tmp_path / "main.c"], [tmp_path / "a", tmp_path / "b"], tmp_path / "out")
    found = {path.name: path.read_text() for path in (tmp_path / "out" / "edgekit").iterdir()}
    assert found == {"x.h": '#include "edgekit/y.h"\n', "y.h": "2"}


def test_a_header_that_is_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "main.c").write_text('#include "edgekit/missing.h"\n')
    with pytest.raises(FileNotFoundError, match=r"edgekit/missing\.h"):
        copy_headers([tmp_path / "main.c"], [tmp_path], tmp_path / "out")


def test_a_project_has_the_headers_that_its_sources_include(tmp_path: Path) -> None:
    backends.backend("c").compile(small_graph(), find_target("nano33ble"), tmp_path)
    text = "\n".join(path.read_text("utf-8") for path in (tmp_path / "src").rglob("*.[ch]"))
    included = set(re.findall(r'#include "(edgekit/\w+\.h)"', text))
    assert {f"edgekit/{path.name}" for path in (tmp_path / "src" / "edgekit").iterdir()} == included
