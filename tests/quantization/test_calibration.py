"""Calibration data: what is taken, in which choice, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.errors import InputError
from edgekit.graph import Graph
from edgekit.quantization import choose_samples, load_calibration, quantize
from edgekit.quantization.calibration import CalibrationWarning, check_inputs
from edgekit.recipe import QuantizeSection
from tests.quantization.graphs import Builder, samples

SHIPPED = Path(__file__).resolve().parents[2] / "calibration"
RNG = np.random.default_rng(0)


def small(shape: tuple[int, ...] = (1, 28, 28, 1)) -> Graph:
    b = Builder(shape)
    return b.done(b.conv("x", 2))


def section(samples: int = 256) -> QuantizeSection:
    return QuantizeSection(samples=samples)


def test_the_shipped_digits_are_even_over_the_classes() -> None:
    with np.load(SHIPPED / "digits.npz") as file:
        x, labels = file["x"], file["labels"]
    assert x.shape == (100, 28, 28, 1) and x.dtype == np.float32 and x.min() == 0 and x.max() == 1
    assert np.bincount(labels).tolist() == [10] * 10
    found = load_calibration(SHIPPED / "digits.npz", small(), section(20))["x"]
    index = [int(np.flatnonzero((x == one).all(axis=(1, 2, 3)))[0]) for one in found]
    assert len(set(index)) == 20 and np.bincount(labels[index]).tolist() == [2] * 10
    np.testing.assert_array_equal(found, load_calibration(SHIPPED / "digits.npz", small(), section(20))["x"])


def test_another_seed_is_another_choice() -> None:
    graph, arrays = small(), {"x": RNG.normal(size=(50, 28, 28, 1)).astype(np.float32)}
    first, second = (choose_samples(graph, arrays, 10, seed)["x"] for seed in (0, 1))
    assert not np.array_equal(first, second)
    assert len(choose_samples(graph, arrays, 500, 0)["x"]) == 50


def test_samples_of_several_rows_stay_together() -> None:
    graph = small((2, 4, 4, 1))
    arrays = {"x": np.repeat(np.arange(20, dtype=np.float32), 16).reshape(20, 4, 4, 1)}
    rows = choose_samples(graph, arrays, 3, 0)["x"][:, 0, 0, 0].reshape(3, 2)
    assert (rows[:, 1] == rows[:, 0] + 1).all() and (rows[:, 0] % 2 == 0).all()


def test_npy_and_keyed_npz(tmp_path: Path) -> None:
    x = RNG.normal(size=(5, 28, 28, 1)).astype(np.float32)
    np.save(tmp_path / "a.npy", x)
    np.savez(tmp_path / "b.npz", x=x)
    for name in ("a.npy", "b.npz"):
        found = load_calibration(tmp_path / name, small(), section())["x"]
        np.testing.assert_array_equal(np.sort(found, axis=0), np.sort(x, axis=0))


GOOD = np.linspace(0, 1, 2 * 28 * 28, dtype=np.float32).reshape(2, 28, 28, 1)


@pytest.mark.parametrize(
    ("arrays", "text"),
    [
        ({"x": GOOD[..., 0]}, r"has shape \(2, 28, 28\), the model takes \(N, 28, 28, 1\)"),
        ({"x": GOOD.transpose(0, 3, 1, 2)}, r"channels come last: give x.transpose\(0, 2, 3, 1\)"),
        ({"x": GOOD[:0]}, "no samples"),
        ({"x": np.where(GOOD > 0.9, np.nan, GOOD)}, "NaN"),
        ({"x": np.where(GOOD > 0.9, np.inf, GOOD)}, "infinite"),
        ({"x": GOOD > 0.5}, "holds bool"),
        ({"x": GOOD, "z": GOOD}, "unknown: .'z'."),
        ({}, "missing: .'x'."),
        ({"x": np.float32(1)}, "has shape"),
    ],
)
def test_bad_data_is_one_clear_error(arrays: dict[str, np.ndarray], text: str) -> None:
    with pytest.raises(InputError, match=text):
        quantize(small(), arrays, section())


@pytest.mark.parametrize(
    ("array", "text"),
    [(np.zeros_like(GOOD), "every value is 0"), (np.round(GOOD * 255), "raw pixels"),
     ((GOOD * 255).astype(np.uint8), "raw pixels")],
)  # fmt: skip
def test_data_that_looks_wrong_is_told(array: np.ndarray, text: str) -> None:
    with pytest.warns(CalibrationWarning, match=text):
        quantize(small(), {"x": array}, section())


def test_inputs_outside_the_calibrated_range_are_told() -> None:
    for kind in ("int8", "float32"):
        int8 = quantize(small(), {"x": GOOD}, QuantizeSection(input_dtype=kind))
        assert check_inputs(int8, {"x": GOOD}) == []
        (found,) = check_inputs(int8, {"x": GOOD * 255})
        assert "99." in found and "0..1" in found and "scaling" in found


def test_an_activation_that_overflows_is_named() -> None:
    b = Builder((1, 4))
    big = b.constant(np.full(4, 3e38))
    graph = b.done(b.op("add", b.op("add", "x", big), big))
    with pytest.raises(InputError, match=r"layer add_1.*infinite"):
        quantize(graph, samples(graph), section())


def test_images(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    pixels = RNG.integers(0, 256, (6, 9, 8, 3), np.uint8)
    for index, one in enumerate(pixels):
        folder = tmp_path / "pictures" / ("cat" if index % 2 else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        image.fromarray(one).save(folder / f"{index}.png")
    found = load_calibration(tmp_path / "pictures", small((1, 9, 8, 3)), section(4))["x"]
    index = [int(np.flatnonzero([np.allclose(one, p / 255, atol=1e-6) for p in pixels])[0]) for one in found]
    assert len(set(index)) == 4 and sum(i % 2 for i in index) == 2
    grey = load_calibration(tmp_path / "pictures", small((1, 9, 8, 1)), section())["x"]
    assert grey.shape == (6, 9, 8, 1) and 0 < grey.max() <= 1
    for shape, text in (((1, 8, 8, 3), r"is 9x8, the model takes 8x8"), ((1, 72), "images suit a single input")):
        b = Builder(shape)
        with pytest.raises(InputError, match=text):
            load_calibration(tmp_path / "pictures", b.done(b.op("add", "x", "x")), section())
    (tmp_path / "empty").mkdir()
    for name in ("empty", "nowhere", "nowhere.npz"):
        with pytest.raises(InputError):
            load_calibration(tmp_path / name, small((1, 9, 8, 3)), section())
