"""Scores."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.metrics import roc_auc


def test_roc_auc_counts_pairs() -> None:
    rng = np.random.default_rng(0)
    scores, positive = rng.integers(0, 12, 60).astype(float), rng.random(60) < 0.4
    pairs = scores[positive][:, None] - scores[~positive]
    assert roc_auc(scores, positive) == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())
