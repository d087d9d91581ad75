"""The benchmark of kernels and models: it runs, figures stay within bounds, and it says what it could not run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import kernels
from tests.firmware.proof import options_for


def tables(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    kernels.main([*arguments, "--json", "--no-cycles"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("core", ["m4", "m55", *(pytest.param(c, marks=pytest.mark.slow) for c in ("m7", "m33"))])
def test_kernels_keep_their_bounds(core: str, capsys: pytest.CaptureFixture[str]) -> None:
    options_for(f"qemu-{core}")
    found = tables(capsys, "--core", core, *(word for name in kernels.KERNELS for word in ("--kernel", name)))
    assert [row["kernel"] for row in found["kernels"]] == [k["title"] for k in kernels.peers()["kernels"].values()]
    over = {row["kernel"]: (row["per_mac"], row["bound"]) for row in found["kernels"] if not row["met"]}
    assert not over


@pytest.mark.slow
@pytest.mark.parametrize("core", kernels.MODEL_CORES)
@pytest.mark.parametrize("name", kernels.peers()["models"])
def test_models_keep_their_bounds(name: str, core: str, shared: object, capsys: pytest.CaptureFixture[str]) -> None:
    options_for(f"qemu-{core}")
    (row,) = tables(capsys, "--core", core, "--model", name)["models"]
    assert row["met"], (row["instructions"], row["bound"] * row["tflm"])
    assert row["tflm_arena"] is None or row["arena"] <= row["tflm_arena"]


def test_what_is_not_here_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    options_for("qemu-m4")
    monkeypatch.setattr(kernels, "shared_models", lambda: None)
    kernels.main(["--model", "vww_96_int8"])
    assert "NOT RUN: vww_96_int8" in capsys.readouterr().out
    monkeypatch.setattr(kernels.shutil, "which", lambda name: None)
    kernels.main([])
    assert "NOT RUN: arm-none-eabi-gcc" in capsys.readouterr().out
