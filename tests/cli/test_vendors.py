"""The verbs on a vendor's build whose arithmetic is its own: bounds are said, and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.doctor.tools.openvino import TOOL
from tests.cli.conftest import Cli

pytestmark = pytest.mark.skipif(TOOL.find() is None, reason=f"openvino is not installed: {TOOL.install}")


def test_build_verify_run_and_bench(cli: Cli, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgekit.backends.openvino import layers, timing

    monkeypatch.setattr(timing, "SECONDS", 0.05)
    assert cli("build", model, "--target", "openvino", "--output", tmp_path).code == 0
    folder = tmp_path / model.stem / "openvino"
    found = cli("verify", folder, "--json").json
    assert found["holds"] is True
    vehicle = found["runtimes"][-1]
    assert vehicle["against"] == "openvino" and vehicle["layers"][0]["bound"] == 1.0
    assert [x["layer"] for x in vehicle["whole"]] == ["flat"]
    said = cli("verify", folder).out
    assert "bound" in said and "output flat of the whole network" in said
    golden, out = folder / "golden" / "inputs.npz", tmp_path / "out.npz"
    assert "run on OpenVINO" in cli("run", folder, "--input", golden, "--output", out).out
    assert np.load(out)["flat"].dtype == np.int8
    assert "asynchronous requests" in cli("bench", folder).out

    honest = layers._back
    monkeypatch.setattr(layers, "_back", lambda array, place: honest(array, place) ^ 2)  # a runtime two steps off
    broken = cli("verify", folder)
    assert broken.code == 1 and "DIFFERS, first in layer features (conv_2d)" in broken.out
