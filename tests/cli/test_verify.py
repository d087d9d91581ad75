"""`edgekit verify` on models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.runtimes.tflite_micro import Session
from tests.cli.conftest import Cli


def test_a_model_is_exact_on_both_runtimes(cli: Cli, model: Path) -> None:
    both = ("--against", "tflite-micro", "--against", "litert-reference")
    result = cli("verify", model, *both, "--samples", 5, "--json")
    assert result.code == 0 and result.json["exact"] is True
    assert [r["against"] for r in result.json["runtimes"]] == ["tflite-micro", "litert-reference"]
    for runtime in result.json["runtimes"]:
        layers = [(x["layer"], x["op"], x["values"], x["differing"]) for x in runtime["layers"]]
        assert layers == [("features", "conv_2d", 180, 0), ("flat", "reshape", 180, 0)]


def test_a_difference_is_exit_code_1_and_names_the_first_layer(
    cli: Cli, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Session.run

    def wrong(self: Session, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        found = honest(self, inputs)
        found["features"][0, 0, 0, 0] ^= 1
        return found

    monkeypatch.setattr(Session, "run", wrong)
    result = cli("verify", model)
    assert result.code == 1
    assert "DIFFERS, first in layer features (conv_2d)" in result.out
    found = cli("verify", model, "--json").json
    assert found["exact"] is False and found["runtimes"][0]["first_difference"] == "features"
    assert found["runtimes"][0]["layers"][0]["largest"] == 1


def test_given_inputs_and_bad_ones(cli: Cli, model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "in.npz", image=np.zeros((3, 6, 6, 2), np.int8))
    assert cli("verify", model, "--input", tmp_path / "in.npz", "--json").json["runtimes"][0]["samples"] == 3
    assert cli("verify", model, "--against", "abacus").code == 2
    for name in ("nothing.tflite", "qemu-m4"):
        missing = cli("verify", tmp_path / name)
        assert missing.code == 3 and "does not exist" in missing.err


def test_inputs_and_a_count_of_random_ones_contradict_each_other(cli: Cli, model: Path, tmp_path: Path) -> None:
    result = cli("verify", model, "--input", tmp_path / "in.npz", "--samples", 3)
    assert result.code == 2 and "--samples: counts random inputs" in result.err
