"""What training reports, while it runs and at the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Progress(Protocol):
    """A caller's way to show progress."""

    def __call__(self, done: int, total: int, text: str) -> None:
        """`done` of `total` steps are made; `text` says what is going on in a few words."""


@dataclass(frozen=True)
class TrainResult:
    """A finished training.

    Attributes:
        checkpoint: the safetensors file with the best weights.
        history: one entry per epoch: epoch, learning_rate (at its end), train_loss, validation_loss, validation_score.
        best_epoch: number of the epoch of `checkpoint`, from 0.
        validation_score: of `checkpoint`; larger is better.
        test_score: of `checkpoint`; NaN when the data set has no test part. For anomaly detection over the normal
            samples only.
        metric: `accuracy` (0..1) or `negative_mse`.
        seconds: time this run took; of a resumed training only the part after the interruption.
        test_auc: anomaly detection: area under the ROC curve of the reconstruction error, else None.
    """

    checkpoint: Path
    history: list[dict[str, Any]]
    best_epoch: int
    validation_score: float
    test_score: float
    metric: str
    seconds: float
    test_auc: float | None = None
