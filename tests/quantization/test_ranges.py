"""Range methods on data whose answer is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgekit.quantization.histogram import HALF, Histogram
from edgekit.quantization.parameters import activation_parameters, quantize_constant
from edgekit.quantization.ranges import methods, observer_of
from edgekit.recipe import QuantizeSection

RNG = np.random.default_rng(0)
NORMAL = RNG.normal(0, 2, 100_000).astype(np.float32)
LAPLACE = RNG.laplace(1, 1, 100_000).astype(np.float32)
RECTIFIED = np.maximum(NORMAL, 0)
OUTLIER = np.append(NORMAL, np.float32(200))
UNIFORM = RNG.uniform(-3, 5, 100_000).astype(np.float32)
DATA = {"normal": NORMAL, "laplace": LAPLACE, "rectified": RECTIFIED, "outlier": OUTLIER, "uniform": UNIFORM}


def chosen(method: str, data: NDArray[np.float32], parts: int = 10, **section: Any) -> tuple[float, float]:
    observer = observer_of(method)(QuantizeSection(**section))
    for part in np.array_split(data, parts):
        observer.update(part)
    return observer.range()


def error(data: NDArray[np.float32], wanted: tuple[float, float]) -> float:
    """Mean squared error of int8 over a range."""
    q = activation_parameters(*wanted)
    real = (quantize_constant(data, q).astype(float) - q.zero_point[0]) * float(q.scale[0])
    return float(((real - data) ** 2).mean())


def test_all_methods_are_found() -> None:
    assert methods() == ["entropy", "minmax", "moving-average", "mse", "percentile"]


@pytest.mark.parametrize("data", DATA.values(), ids=DATA.keys())
def test_minmax_is_the_extremes(data: NDArray[np.float32]) -> None:
    assert chosen("minmax", data) == (data.min(), data.max())


def test_moving_average_follows_its_recurrence() -> None:
    parts = np.array([[-1, 1], [-1, 1], [-1, 11]], np.float32)
    low, high = chosen("moving-average", parts.reshape(-1), parts=3)
    assert low == -1 and high == pytest.approx(1 + 0.1 * 10)


@pytest.mark.parametrize("share", [99.99, 99.9, 99, 90, 100])
@pytest.mark.parametrize("data", DATA.values(), ids=DATA.keys())
def test_percentile_is_the_quantile_within_a_bin(data: NDArray[np.float32], share: float) -> None:
    low, high = chosen("percentile", data, percentile=share)
    width = np.abs(data).max() / (HALF / 2)
    ordered = np.sort(data.astype(float))
    for found, part in ((low, 100 - share), (high, share)):
        exact = np.percentile(ordered, part)
        neighbours = np.interp([part / 100 * len(data) - 2, part / 100 * len(data) + 2], np.arange(len(data)), ordered)
        assert neighbours[0] - width <= found <= neighbours[1] + width, exact


@pytest.mark.parametrize("data", DATA.values(), ids=DATA.keys())
def test_mse_is_never_worse_than_minmax_and_near_the_best(data: NDArray[np.float32]) -> None:
    found = error(data, chosen("mse", data))
    low, high = min(float(data.min()), 0), max(float(data.max()), 0)
    assert found <= error(data, (low, high)) * 1.001  # bins stand for their values
    some = data[::10]  # a brute-force search on a tenth, for comparison
    searched = min(error(some, (low * a, high * b)) for a in np.linspace(0.02, 1, 25) for b in np.linspace(0.02, 1, 25))
    assert error(some, chosen("mse", some)) <= searched * 1.02


def test_mse_beats_minmax_on_long_tails() -> None:
    assert error(LAPLACE, chosen("mse", LAPLACE)) < 0.9 * error(LAPLACE, chosen("minmax", LAPLACE))
    assert error(OUTLIER, chosen("mse", OUTLIER)) < error(OUTLIER, chosen("minmax", OUTLIER))


def test_entropy_cuts_an_outlier_and_little_else() -> None:
    low, high = chosen("entropy", OUTLIER)
    assert high < 40 and low == NORMAL.min()
    low, high = chosen("entropy", UNIFORM)
    assert low == pytest.approx(-3, abs=0.1) and high == pytest.approx(5, abs=0.25)
    low, high = chosen("entropy", RECTIFIED)
    assert low == 0 and 4 < high <= RECTIFIED.max()


@pytest.mark.parametrize("method", ["minmax", "percentile", "mse", "entropy"])
def test_cutting_into_batches_changes_nothing(method: str) -> None:
    assert chosen(method, OUTLIER, parts=1) == chosen(method, OUTLIER, parts=97)


@pytest.mark.parametrize("method", methods())
@pytest.mark.parametrize("value", [0.0, 3.0, -1e-30, 1e30])
def test_constants_are_survived(method: str, value: float) -> None:
    low, high = chosen(method, np.full(100, value, np.float32))
    assert low <= high and np.isfinite([low, high]).all()
    width = max(abs(value) / (HALF / 2), 0)
    assert min(low, 0) <= value + width and max(high, 0) >= value - width


def test_a_histogram_grows_without_losing_a_count() -> None:
    h = Histogram()
    for size in (1e-3, 1.0, 500.0):
        h.update(np.array([-size, 0, size / 3, size], np.float32))
    assert h.counts.sum() == 9 and h.zeros == 3 and h.width is not None
    assert h.width * HALF / 2 <= 500 <= h.width * HALF
    points, counts = h.points()
    assert (np.diff(points) >= 0).all() and counts.sum() == 12 and 0.0 in points
