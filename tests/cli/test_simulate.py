"""`edgekit simulate`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.arrays import load_arrays
from edgekit.reference import dequantize_array, simulate
from tests.cli.conftest import Cli, small_graph


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, np.ndarray]:
    images = np.random.default_rng(0).integers(-128, 128, (5, 6, 6, 2), np.int8)
    np.savez(tmp_path / "in.npz", image=images)
    return tmp_path / "in.npz", images


def test_outputs_are_the_simulators(cli: Cli, model: Path, given: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    result = cli("simulate", model, "--input", given[0], "--output", tmp_path / "out.npz", "--json")
    assert result.code == 0
    assert result.json["tensors"] == [{"name": "flat", "shape": [5, 36], "dtype": "int8"}]
    assert result.json["arithmetic"] == "tflm"
    out = load_arrays(tmp_path / "out.npz")
    assert set(out) == {"flat"}
    np.testing.assert_array_equal(out["flat"], simulate(small_graph(), {"image": given[1]})["flat"])


def test_one_array_without_a_name_is_the_only_input(cli: Cli, model: Path, given: tuple[Path, np.ndarray]) -> None:
    folder, images = given[0].parent, given[1]
    np.save(folder / "in.npy", images)
    np.savez(folder / "unnamed.npz", images)
    for name in ("in.npy", "unnamed.npz"):
        assert cli("simulate", model, "-i", folder / name, "-o", folder / "out.npz").code == 0
        wanted = simulate(small_graph(), {"image": images})["flat"]
        np.testing.assert_array_equal(load_arrays(folder / "out.npz")["flat"], wanted)


def test_layers_and_real_values(cli: Cli, model: Path, given: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    out = tmp_path / "out.npz"
    result = cli("simulate", model, "-i", given[0], "-o", out, "--layers", "--arithmetic", "litert-reference")
    assert result.code == 0 and "features" in result.out and "[5, 3, 3, 4]" in result.out
    assert {n: a.dtype.name for n, a in load_arrays(out).items()} == dict.fromkeys(
        ("image", "features", "flat"), "int8"
    )
    integers = load_arrays(out)["flat"]
    assert cli("simulate", model, "-i", given[0], "-o", out, "--dequantize").code == 0
    real = load_arrays(out)["flat"]
    assert real.dtype == np.float32
    np.testing.assert_array_equal(real, dequantize_array(integers, small_graph().tensors["flat"]))


def test_float_inputs_are_quantized_with_the_models_parameters(cli: Cli, model: Path, tmp_path: Path) -> None:
    integers = np.random.default_rng(0).integers(-128, 128, (2, 6, 6, 2), np.int8)
    np.savez(tmp_path / "float.npz", image=dequantize_array(integers, small_graph().tensors["image"]))
    cli("simulate", model, "-i", tmp_path / "float.npz", "-o", tmp_path / "out.npz")
    expected = simulate(small_graph(), {"image": integers})["flat"]
    np.testing.assert_array_equal(load_arrays(tmp_path / "out.npz")["flat"], expected)


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"picture": np.zeros((1, 6, 6, 2), np.int8)}, "missing: ['image'], unknown: ['picture']"),
        ({"image": np.zeros((1, 6, 7, 2), np.int8)}, "has shape (1, 6, 7, 2), the model takes (1, 6, 6, 2)"),
        ({"image": np.zeros((3, 2, 6, 6), np.int8)}, "give x.transpose(0, 2, 3, 1)"),
        ({"image": np.zeros((1, 6, 6, 2), np.int32)}, "holds int32, the model takes int8 or float32"),
        ({"image": np.full((1, 6, 6, 2), np.nan, np.float32)}, "holds NaN"),
    ],
)
def test_wrong_inputs_are_exit_code_3(
    cli: Cli, model: Path, tmp_path: Path, arrays: dict[str, np.ndarray], says: str
) -> None:
    np.savez(tmp_path / "bad.npz", **arrays)
    result = cli("simulate", model, "-i", tmp_path / "bad.npz", "-o", tmp_path / "out.npz")
    assert result.code == 3 and says in result.err and "Traceback" not in result.err
    assert not (tmp_path / "out.npz").exists()


def test_missing_files_and_unknown_arithmetic(
    cli: Cli, model: Path, given: tuple[Path, np.ndarray], tmp_path: Path
) -> None:
    out = tmp_path / "out.npz"
    assert cli("simulate", tmp_path / "no.tflite", "-i", given[0], "-o", out).code == 3
    assert cli("simulate", model, "-i", tmp_path / "no.npz", "-o", out).code == 3
    unknown = cli("simulate", model, "-i", given[0], "-o", out, "--arithmetic", "abacus")
    assert unknown.code == 2 and "litert-reference" in unknown.err
    assert cli("simulate", model, "-i", given[0], "-o", "/proc/no/out.npz").code == 6
    wrong = cli("simulate", model, "-i", given[0], "-o", tmp_path / "out.txt")
    assert wrong.code == 2 and "must end in .npz" in wrong.err
    (tmp_path / "folder.npz").mkdir()
    wrong = cli("simulate", model, "-i", given[0], "-o", tmp_path / "folder.npz")
    assert wrong.code == 2 and "is a folder" in wrong.err


def test_inputs_in_another_scale_are_doubted(cli: Cli, model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "pixels.npz", image=np.full((1, 6, 6, 2), 200, np.float32))
    assert cli("build", model, "--target", "reference", "--output", tmp_path / "build").code == 0
    folder = tmp_path / "build" / "model" / "reference"
    for words in (["simulate", model], ["run", folder]):
        result = cli(*words, "-i", tmp_path / "pixels.npz", "-o", tmp_path / "out.npz")
        assert result.code == 0 and "outside the calibrated range" in result.err
