"""What quantization costs, by metric."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edgekit import metrics
from edgekit.errors import VerificationError
from edgekit.graph import Graph
from edgekit.pipeline import accuracy
from edgekit.quantization import quantize
from edgekit.recipe import QuantizeSection
from tests.quantization.graphs import Builder, samples


def autoencoder() -> tuple[Graph, Graph]:
    """One that gives back the first two of four values; float and int8."""
    b = Builder((1, 4))
    graph = b.done(b.op("fully_connected", "x", b.constant(np.diag([1, 1, 0, 0])), b.constant(np.zeros(4))))
    return graph, quantize(graph, samples(graph), QuantizeSection())


def measured(y: Any, x: Any) -> dict[str, Any]:
    graph, int8 = autoencoder()
    return accuracy.measure(int8, graph, {"x": x.astype(np.float32)}, y, 0)


def test_autoencoders_are_judged_by_how_well_they_find_anomalies() -> None:
    rng = np.random.default_rng(0)
    anomalous = np.arange(200) % 4 == 0
    x = rng.normal(0, 0.5, (200, 4))
    x[:, 2:] *= np.where(anomalous, 1.0, 0.5)[:, None]  # what the network cannot give back is larger in anomalies
    found = measured(anomalous.astype(np.int64), x)
    error = (x[:, 2:] ** 2).sum(1)
    pairs = (error[anomalous][:, None] > error[~anomalous]).mean()
    assert found["metric"] == metrics.AUC and found["float"] == pytest.approx(pairs, abs=1e-3)
    assert 0.7 < found["int8"] < 1 and abs(found["drop_points"]) < 2
    assert found["drop_points"] == pytest.approx(100 * (found["float"] - found["int8"]), abs=1e-5)
    assert accuracy.sentence(found).startswith(f"float {pairs:.4f}, int8 0.")
    with pytest.raises(VerificationError, match=r"max_drop.*ROC|max_drop"):
        accuracy.require_drop({**found, "drop_points": 3.0}, 2.0)


@pytest.mark.parametrize("y", [np.zeros(50, np.int64), np.ones(50, np.int64)])
def test_without_both_kinds_of_samples_the_error_is_what_remains(y: Any) -> None:
    x = np.random.default_rng(0).normal(0, 0.5, (50, 4))
    found = measured(y, x)
    assert found["metric"] == metrics.ERROR and "drop_points" not in found
    assert found["float"] == pytest.approx((x[:, 2:] ** 2).sum() / 200, rel=1e-5)
