"""The proofs that tests of DSP kernels share, of the importing module's `CASES`: twins on the host, emulated cores."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.firmware import proof

ALL, FIRST, SECOND = slice(None), slice(0, None, 3), slice(1, None, 3)


@pytest.mark.usefixtures("host_as_m4")
def test_host(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    proof.prove(request.module.CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.parametrize(
    ("target", "some"),
    [
        pytest.param("qemu-m4", ALL, id="qemu-m4"),
        pytest.param("qemu-m7", FIRST, id="qemu-m7"),  # they run the same instructions
        pytest.param("qemu-m33", SECOND, id="qemu-m33"),
        pytest.param("qemu-m7", ALL, id="qemu-m7-all", marks=pytest.mark.slow),
        pytest.param("qemu-m33", ALL, id="qemu-m33-all", marks=pytest.mark.slow),
    ],
)
def test_emulated(target: str, some: slice, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    proof.prove(request.module.CASES[some], target, tmp_path)
