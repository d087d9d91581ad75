"""The proof itself can fail: kernels that are broken on purpose are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.backends.c import toolchain
from tests.firmware import proof
from tests.firmware.cases import operator_cases
from tests.firmware.proof import GUARD, IMAGE, Case

MUTATIONS = {
    "one wrong integer": ("lookup.c", "y[3] = ", "y[3] = (int8_t)~"),
    "writes behind its output": ("lookup.c", "y[0] = ", "y[left] = 1, y[0] = "),
    "writes before its output": ("lookup.c", "y[0] = ", "y[-1] = 1, y[0] = "),
    "writes into its input": ("conv_2d.c", "*y++ = ", "((int8_t *)(uintptr_t)x)[0] = 17, *y++ = "),
    "leaves an output unwritten": ("lookup.c", "left = p->count", "left = p->count - 1"),
    "is wrong the second time": ("lookup.c", "y[0] = ", "static int32_t n; y[0] = n++ >= p->count / 4 ? 1 : "),
}

INTEGERS = ("one wrong integer", "leaves an output unwritten", "is wrong the second time")


def case(source: str) -> Case:
    operator = {"lookup.c": "logistic", "conv_2d.c": "conv_2d"}[source]
    return next(operator_cases(operator, 0, 1, GUARD))


def broken(folder: Path, source: str, old: str, new: str, sanitize: bool) -> list[str]:
    options = proof.options_for("host-c")
    proof.write_program([case(source)], options, folder)
    path = folder / "src" / source
    text = path.read_text()
    comment, end, code = text.partition("*/")
    assert old in code
    path.write_text(comment + end + code.replace(old, new, 1))
    toolchain.build(folder, options, IMAGE, sanitize)
    return proof._run(folder / IMAGE, options)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_broken_kernels_are_found(mutation: str, tmp_path: Path) -> None:
    line, done = broken(tmp_path / "proof", *MUTATIONS[mutation], sanitize=False)
    wrong, outside = (int(word) for word in line.split()[1:])
    assert done == "done 1"
    assert (wrong > 0) if mutation in INTEGERS else (outside > 0)


def test_reading_beyond_a_buffer_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"use-after-poison|buffer-overflow"):
        broken(tmp_path / "proof", "lookup.c", "y[0] = ", "y[0] = x[left] == 7 ? 1 : ", sanitize=True)
