"""The Coral artifact: its small runner, and `run` on whatever vehicle is here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import arrays
from edgekit.backends import coral
from edgekit.errors import InputError
from edgekit.pipeline import build
from edgekit.reference import simulate
from tests.backends.graphs import small_int8


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from edgekit.frontend.tflite import save

    folder = tmp_path_factory.mktemp("coral")
    save(small_int8(), folder / "small.tflite")
    return build(folder / "small.tflite", ["coral"], folder / "build").targets["coral"].folder


def on_device(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, str(folder / "run_on_device.py"), "--runs", "5", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    return done.returncode, json.loads(done.stdout)


def test_the_runner_benchmarks_and_compares(built: Path) -> None:
    status, report = on_device(built, "--delegate", "none")
    assert status == 0 and report["passed"] is True and report["model"] == "model.tflite"
    assert report["golden"]["samples"] == 16 and report["golden"]["values"] == 16 * 200
    times = report["latency_ms"]
    assert times["runs"] == 5 and 0 < times["min"] <= times["p50"] <= times["p90"] <= times["p99"] <= times["max"]


def test_the_runner_sees_wrong_outputs(built: Path, tmp_path: Path) -> None:
    golden = {name: arrays.load_arrays(built / "golden" / f"{name}.npz") for name in ("inputs", "outputs")}
    golden["outputs"]["z"] = np.where(golden["outputs"]["z"] < 0, golden["outputs"]["z"] + 5, golden["outputs"]["z"])
    golden["outputs"]["z"].reshape(-1)[0] = np.int8(golden["outputs"]["z"].reshape(-1)[0] ^ 0x40)
    for name, values in golden.items():
        arrays.save_arrays(tmp_path / f"{name}.npz", values)
    status, report = on_device(built, "--delegate", "none", "--golden", str(tmp_path))
    assert status == 1 and report["passed"] is False and report["golden"]["largest_difference"] == 64


def test_the_runner_says_what_is_missing(built: Path, tmp_path: Path) -> None:
    assert "model_edgetpu.tflite is missing" in on_device(built)[1]["error"]
    status, report = on_device(built, "--model", str(built / "model.tflite"), "--delegate", "libnothing.so")
    assert status == 2 and "libnothing" in report["error"]
    assert on_device(built, "--delegate", "none", "--golden", str(tmp_path))[0] == 2


def test_run_tells_its_vehicle(built: Path) -> None:
    x = arrays.load_arrays(built / "golden" / "inputs.npz")
    found = coral.run(built, x)
    assert not found.on_target and "BUILTIN_REF" in found.vehicle and "not compiled" in found.note
    expected = simulate(small_int8(), x, arithmetic="litert-reference")
    assert np.array_equal(found.outputs["z"], expected["z"])
    floating = {"x": (x["x"].astype(np.float32) + 3) * np.float32(0.05)}
    assert np.array_equal(coral.run(built, floating).outputs["z"], expected["z"])


def test_run_without_an_artifact(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no model\.tflite"):
        coral.run(tmp_path, {})
