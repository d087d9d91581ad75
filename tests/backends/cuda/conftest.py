"""What tests of the CUDA backend share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edgekit.backends.cuda import toolchain
from tests.backends.cuda import proof

HERE = toolchain.nvcc()


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All kernels, compiled for the host twin."""
    if shutil.which(toolchain.HOST) is None:
        pytest.skip(f"{toolchain.HOST} is not installed")
    return proof.compile_kernels(tmp_path_factory.mktemp("kernels"))


@pytest.fixture
def nvcc(monkeypatch: pytest.MonkeyPatch) -> str:
    """Found here, whatever other tests pretend."""
    if HERE is None:
        pytest.skip("nvcc is not installed: the GPU's code is not compiled here")
    monkeypatch.setattr(toolchain, "nvcc", lambda: HERE)
    return HERE
