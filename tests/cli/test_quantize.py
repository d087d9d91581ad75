"""`edgekit quantize --max-drop` and `edgekit debug`, on a network that tells digits apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edgekit.frontend.tflite import save
from tests.cli.conftest import Cli
from tests.quantization.trained import digits, hostile


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A hostile float model, calibration samples, labelled samples."""
    _, x, y, calibration = digits()
    save(hostile()[0], tmp_path / "float.tflite")
    np.savez(tmp_path / "calibration.npz", **calibration)
    np.savez(tmp_path / "labelled.npz", labels=y[:300], x=x["x"][:300])
    return tmp_path / "float.tflite", tmp_path / "calibration.npz", tmp_path / "labelled.npz"


def test_max_drop_prints_what_was_tried(cli: Cli, files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    model, calibration, labelled = files
    out = tmp_path / "int8.tflite"
    options = ("quantize", model, "-c", calibration, "-o", out, "--validation", labelled)
    result = cli(*options, "--max-drop", 1)
    assert result.code == 0 and out.exists()
    assert "equalization" in result.out and f"hurts most: {hostile()[1]}" in result.out
    assert "accuracy on 300 labelled samples" in result.out and "stopped: " in result.out
    found = cli(*options, "--max-drop", 1, "--json").json["quantization"]
    assert found["drop"] <= 1 and found["attempts"][0]["drop"] > 30

    out.unlink()
    failed = cli(*options, "--max-drop", 1, "--fix", "bias-correction-analytic")
    assert failed.code == 1 and not out.exists() and "every fix was tried" in failed.err


def test_quantize_without_data_says_so(cli: Cli, files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    result = cli("quantize", files[0], "--data-free", "-o", tmp_path / "o.tflite")
    assert result.code == 0 and "calibrated without data" in result.err
    assert cli("quantize", files[0], "-o", tmp_path / "o.tflite").code == 2
    assert cli("quantize", files[0], "-c", files[1], "-o", tmp_path / "o.tflite", "--fix", "adaround").code == 2


def test_debug_names_the_layer_and_the_fix(cli: Cli, files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    model, calibration, labelled = files
    layer = hostile()[1]
    options = ("debug", model, "--data", labelled, "--calibration", calibration, "--fix", "equalization")
    result = cli(*options, "--output", tmp_path / "why")
    assert result.code == 0
    assert f"hurts most: {layer}" in result.out and "what helps it: equalization" in result.out
    page = (tmp_path / "why" / "diagnosis.html").read_text()
    assert "<svg" in page and layer in page and "http" not in page.replace("http-equiv", "")
    stored = json.loads((tmp_path / "why" / "diagnosis.json").read_text())
    found = cli(*options, "--json").json
    assert found["worst"] == stored["worst"] and found["best"] == "equalization"
    assert found["layers"][0]["layer"] == "x"
