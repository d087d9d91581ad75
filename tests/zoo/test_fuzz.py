"""Damaged data files end in one clear error or load as some data; never in another exception."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from edgekit.errors import EdgekitError
from edgekit.recipe import DataSection
from edgekit.train import load_data
from tests.mutations import mutate
from tests.zoo.test_audio import tone, wav
from tests.zoo.test_datasets import idx, png, write_zip
from tests.zoo.test_motion import motion, table


def seeds(tmp_path: Path) -> dict[str, tuple[str, Path, bytes]]:
    """Name: data set, what to load, content of the file that is damaged (the last path but for idx)."""
    rng = np.random.default_rng(0)
    (tmp_path / "idx").mkdir()
    (tmp_path / "idx" / "train-images-idx3-ubyte").write_bytes(idx(rng.integers(0, 255, (30, 4, 4))))
    npz, moves = io.BytesIO(), io.BytesIO()
    np.savez(npz, x=rng.normal(size=(30, 4)), y=np.arange(30) % 3, y_labels=np.array(["a", "b", "c"]))
    np.savez(moves, x=motion(300, rng), lengths=np.full(10, 30), y=np.arange(10) % 2, subject=np.arange(10) // 2)
    waves = {f"{label}/{i}.wav": wav(tone(300, seconds=0.05)) for label in "ab" for i in range(10)}
    images = {f"{label}/{i}.png": png(i) for label in "ab" for i in range(10)}
    lines = "".join(table(motion(20, rng), label=label, subject=str(s)) for s in range(4) for label in "ab")
    return {
        "idx": ("idx", tmp_path / "idx", idx(np.arange(30) % 3)),
        "npz": ("npz", tmp_path / "d.npz", npz.getvalue()),
        "imu-npz": ("imu_windows", tmp_path / "m.npz", moves.getvalue()),
        "imu-csv": ("imu_windows", tmp_path / "m.csv", lines.encode()),
        "wav": ("wav_folder", tmp_path / "w.zip", write_zip(tmp_path / "w.zip", waves).read_bytes()),
        "image": ("image_folder", tmp_path / "i.zip", write_zip(tmp_path / "i.zip", images).read_bytes()),
    }


@pytest.mark.parametrize("kind", ["idx", "npz", "imu-npz", "imu-csv", "wav", "image"])
def test_damage_is_told(kind: str, tmp_path: Path) -> None:
    dataset, path, content = seeds(tmp_path)[kind]
    file = path / "train-labels-idx1-ubyte" if kind == "idx" else path
    options = {"imu_windows": {"window": 8, "stride": 4}, "wav_folder": {"rate": 8000, "seconds": 0.05}}
    chosen = DataSection(dataset=dataset, path=path, options=options.get(dataset, {}))
    refused = 0
    for seed in range(150):
        file.write_bytes(mutate(content, seed))
        try:
            load_data(chosen)
        except EdgekitError as error:
            assert str(error)
            refused += 1
    assert refused > 15, "the damage must reach something that matters"


@pytest.mark.parametrize("kind", ["wav", "png"])
def test_damage_inside_an_archive_is_told(kind: str, tmp_path: Path) -> None:
    content = wav(tone(300, seconds=0.05)) if kind == "wav" else png(3)
    dataset = "wav_folder" if kind == "wav" else "image_folder"
    good = {f"{label}/{i}.{kind}": content for label in "ab" for i in range(10)}
    options = {"rate": 8000, "seconds": 0.05} if kind == "wav" else {}
    chosen = DataSection(dataset=dataset, path=tmp_path / "x.zip", options=options)
    refused = 0
    for seed in range(150):
        write_zip(tmp_path / "x.zip", {**good, f"a/0.{kind}": mutate(content, seed)})
        try:
            load_data(chosen)
        except EdgekitError as error:
            assert "x.zip: a/0" in str(error)
            refused += 1
    assert refused > 30, "the damage must reach something that matters"


def test_damaged_checkpoints_are_told(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="needs the extra train")
    from edgekit.train import checkpoint

    path = tmp_path / "c.safetensors"
    checkpoint.save_tensors(path, {"w": torch.ones(3, 4), "b": torch.ones(5)}, {"identity": "x"})
    content = path.read_bytes()
    refused = 0
    for seed in range(300):
        path.write_bytes(mutate(content, seed))
        try:
            checkpoint.load_tensors(path)
        except EdgekitError:
            refused += 1
    assert refused > 100
