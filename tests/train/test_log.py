"""Logs for TensorBoard: what the history says, each epoch once, whatever happens in between."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edgekit.errors import ToolError
from edgekit.recipe import Recipe
from edgekit.train import train

pytest.importorskip("torch", reason="needs the extra train")
accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason="tensorboard")

Make = Callable[..., Recipe]
ROOT = Path(__file__).resolve().parents[2]
TAGS = {
    "loss/train": "train_loss",
    "loss/validation": "validation_loss",
    "accuracy/validation": "validation_score",
    "learning_rate": "learning_rate",
}


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    found = accumulator.EventAccumulator(str(folder), purge_orphaned_data=False)
    found.Reload()
    return {tag: [(event.step, event.value) for event in found.Scalars(tag)] for tag in found.Tags()["scalars"]}


def expected(history: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {tag: [(e["epoch"], pytest.approx(e[key])) for e in history] for tag, key in TAGS.items()}


def test_every_epoch_is_logged_once(recipe: Make, tmp_path: Path) -> None:
    result = train(recipe("mlp", tensorboard=tmp_path / "log"), tmp_path / "out")
    assert scalars(tmp_path / "log") == expected(result.history)
    train(recipe("mlp", tensorboard=tmp_path / "log"), tmp_path / "out")
    assert scalars(tmp_path / "log") == expected(result.history), "a finished training has nothing to add"
    (tmp_path / "log" / "events.out.tfevents.1.other").write_bytes(b"")
    other = train(recipe("mlp", learning_rate=1e-2, tensorboard=tmp_path / "log"), tmp_path / "out")
    assert scalars(tmp_path / "log") == expected(other.history), "another training begins another log"
    assert (tmp_path / "log" / "events.out.tfevents.1.other").exists(), "but others' files stay"


@pytest.mark.parametrize("when", ["before logging", "in the middle", "after logging"])
def test_an_interrupted_log_goes_on(recipe: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    from torch.utils.tensorboard import SummaryWriter

    add, calls = SummaryWriter.add_scalar, 0

    def interrupted(writer: Any, *args: Any) -> None:
        nonlocal calls
        calls += 1
        if when == "after logging" and calls == 9:  # the third epoch's first
            raise KeyboardInterrupt
        if when == "before logging" and calls == 5:
            raise KeyboardInterrupt
        add(writer, *args)
        if when == "in the middle" and calls == 6:
            raise KeyboardInterrupt

    made = recipe("mlp", tensorboard=True)
    with monkeypatch.context() as patch:
        patch.setattr(SummaryWriter, "add_scalar", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train(made, tmp_path / "out")
    result = train(made, tmp_path / "out")
    assert len(result.history) == 3 and scalars(tmp_path / "out" / "tensorboard") == expected(result.history)


def test_a_log_changes_nothing_about_the_training(recipe: Make, tmp_path: Path) -> None:
    with_log, without = recipe("mlp", tensorboard=True), recipe("mlp")
    train(with_log, tmp_path / "a")
    train(without, tmp_path / "b")
    assert (tmp_path / "a" / "last.safetensors").read_bytes() == (tmp_path / "b" / "last.safetensors").read_bytes()
    seen: list[int] = []
    train(without, tmp_path / "a", progress=lambda done, *_: seen.append(done))
    assert seen == [0], "it is the same training"


def test_without_tensorboard_there_is_one_clear_error(recipe: Make, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ToolError, match=r"tensorboard.*edgekit\[tensorboard\]"):
        train(recipe("mlp", tensorboard=True), tmp_path / "out")


def test_off_it_is_not_imported() -> None:
    code = "import sys, edgekit.train.loop; assert 'tensorboard' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
