"""The proofs that tests of DSP kernels share, of the importing module's `CASES`: twins on the host, emulated cores."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.firmware import proof


@pytest.mark.usefixtures("host_as_m4")
def test_host(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    proof.prove(request.module.CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m33"])
def test_emulated(target: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    proof.prove(request.module.CASES, target, tmp_path)
