"""The host twin finds mistakes: without that, what it proves would be worth little."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c import literals
from edgekit.backends.cuda.toolchain import SANITIZE
from tests.backends.cuda import proof
from tests.backends.cuda.test_kernels import shaped_cases

ORDERS = ("forward", "reverse")


@pytest.fixture(scope="module")
def faults(kernels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    image = tmp_path_factory.mktemp("faults") / "faults"
    source = Path(__file__).with_name("faults.cpp")
    proof.compile_host(
        ["-std=c++17", *SANITIZE, "-Wno-unknown-pragmas", *proof.INCLUDES, str(source), "-o", str(image)]
    )
    return image


def run(image: Path, which: str, order: str = "forward") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EDGEKIT_TWIN_ORDER": order}
    return subprocess.run([str(image), which], capture_output=True, text=True, env=environment)


@pytest.mark.parametrize(
    "which, said",
    [
        ("return", "wait for others that have returned"),
        ("lane", "wait for others"),
        ("outside", "heap-buffer-overflow"),
    ],
)
def test_what_a_gpu_leaves_undefined_is_an_error(which: str, said: str, faults: Path) -> None:
    done = run(faults, which)
    assert done.returncode and said in done.stderr


def test_a_missing_barrier_shows_in_the_order_of_threads(faults: Path) -> None:
    right, wrong = ([run(faults, which, order).stdout for order in ORDERS] for which in ("with", "no"))
    assert right[0] == right[1] and right[0].strip()
    assert right[0] not in wrong and wrong[0] != wrong[1]


def test_a_wrong_product_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernels: Path) -> None:
    """The proof itself: one weight changed behind the simulator's back."""
    honest = literals.Arrays.name

    def twisted(self: literals.Arrays, name: str, data: np.ndarray) -> str:
        changed = data.copy()
        if name.endswith("_weights"):
            changed.flat[0] ^= 32
        return honest(self, name, changed)

    monkeypatch.setattr(literals.Arrays, "name", twisted)
    with pytest.raises(AssertionError, match="shape0_0"):
        proof.prove(shaped_cases()[:1], kernels, tmp_path / "proof")
