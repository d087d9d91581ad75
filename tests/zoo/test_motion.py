"""Windows over motion series: contents, subjects kept apart, damage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.errors import InputError
from edgekit.train import load_data
from edgekit.zoo.data import Array
from tests.zoo.test_datasets import samples, section, write_zip


def motion(n: int, rng: np.random.Generator) -> Array:
    return rng.normal(2, 3, (n, 3)).astype(np.float32)


def test_imu_npz_keeps_subjects_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lengths = np.array([50, 64, 40, 33, 90, 31, 70, 55, 41, 60])
    x = motion(int(lengths.sum()), rng)
    subject = np.arange(10) // 2
    # The first channel is the subject's number, so that a window tells where it is from.
    x[:, 0] = np.repeat(subject, lengths)
    labels = np.array(["walk", "rest"])
    np.savez(tmp_path / "m.npz", x=x, lengths=lengths, y=np.arange(10) % 2, subject=subject, y_labels=labels)
    chosen = section("imu_windows", tmp_path / "m.npz", options={"window": 32, "stride": 8})
    data = load_data(chosen)
    parts = [set(np.unique(part[:, :, 0, 0].round(4))) for part in (data.train_x, data.validation_x, data.test_x)]
    assert all(parts) and not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
    assert sum(map(len, parts)) == 5
    assert samples(data) == sum(max(0, (n - 32) // 8 + 1) for n in lengths if n >= 32)
    assert data.classes == ("walk", "rest") and data.sample_shape == (32, 1, 3)
    assert np.allclose(data.train_x.mean((0, 1, 2)), 0, atol=1e-5)
    assert load_data(chosen).fingerprint() == data.fingerprint()
    assert load_data(chosen.model_copy(update={"seed": 1})).fingerprint() != data.fingerprint()
    two = section("imu_windows", tmp_path / "m.npz", options={"window": 32, "columns": [2, 0]})
    assert load_data(two).sample_shape == (32, 1, 2)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"lengths": np.array([50, 51])}, "add up to the 100 rows of x, found a sum of 101"),
        ({"lengths": np.array([-50, 150])}, "at least 0"),
        ({"lengths": np.array([1 << 62, 1 << 62])}, "add up"),
        ({"lengths": np.array([50.0, 50.0])}, "must be integers"),
        ({"y": np.array([0])}, "one for each of the 2"),
        ({"y": np.array([0, 5]), "y_labels": np.array(["a", "b"])}, r"0\.\.1, found 0\.\.5"),
        ({"subject": np.array([3, 3])}, "at least 2 subjects or series to split, found 1"),
        ({"x": np.full((100, 3), np.nan)}, "finite"),
        ({"x": np.zeros((100, 3), complex)}, "holds <c16"),
    ],
)
def test_unfit_imu_npz(tmp_path: Path, change: dict[str, Array], match: str) -> None:
    arrays = {"x": np.zeros((100, 3)), "lengths": np.array([50, 50]), "y": np.array([0, 1]), **change}
    np.savez(tmp_path / "m.npz", **arrays)
    with pytest.raises(InputError, match=match):
        load_data(section("imu_windows", tmp_path / "m.npz", options={"window": 16, "stride": 8}))


def table(samples: Array, **constant: str) -> str:
    head = ",".join([*constant, "ax", "ay", "az"])
    rows = [",".join([*constant.values(), *(f"{v:.6f}" for v in row)]) for row in samples]
    return "\n".join([head, *rows]) + "\n"


def test_imu_csv_file_and_folder(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    lines, files = "", {}
    for subject in range(5):
        for label in ("run", "walk"):
            text = table(motion(40, rng), label=label, subject=f"s{subject}")
            lines += text if not lines else text.split("\n", 1)[1]
            files[f"{label}/s{subject}_1.csv"] = table(motion(40, rng)).encode()
    (tmp_path / "all.csv").write_text(lines)
    for path in (tmp_path / "all.csv", write_zip(tmp_path / "m.zip", files)):
        data = load_data(section("imu_windows", path, options={"window": 16, "stride": 8}))
        assert samples(data) == 40 and data.classes == ("run", "walk") and data.sample_shape == (16, 1, 3)
        chosen = load_data(section("imu_windows", path, options={"window": 16, "columns": ["az"]}))
        assert chosen.sample_shape == (16, 1, 1)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "header and at least one row"),
        ("label,ax\nrun,1\nrun,2,3\n", "row 3: must have 2 columns, found 3"),
        ("label,ax\nrun,one\n", "channels must be numbers"),
        ("label,ax\nrun,nan\n", "finite"),
        ("ax,ay\n1,2\n", "must have a column label"),
        ("label\nrun\n", "beside label"),
        ("label,ax\nrun,1\nrun,2\n", "at least 16 samples, the longest has 2"),
    ],
)
def test_unfit_csv(tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(InputError, match=match):
        load_data(section("imu_windows", tmp_path / "m.csv", options={"window": 16}))
