"""The study: resumed, killed, shared; and one whole search whose recipes are built."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from edgekit.errors import ToolError, UsageError, VerificationError
from edgekit.pipeline import build
from edgekit.recipe import Recipe
from edgekit.search import SearchResult, search
from tests.search.conftest import made_up

optuna = pytest.importorskip("optuna", reason="needs the extra search")
pytest.importorskip("torch", reason="needs the extra train")

from edgekit.search.sampler import clashes  # noqa: E402

Make = Callable[..., Recipe]
ROOT = Path(__file__).resolve().parents[2]


def ended(result: SearchResult) -> list[Any]:
    """What came of the trials, without their numbers."""
    return [(t.point, t.state, t.accuracy, t.costs) for t in result.trials if t.state != "interrupted"]


def dominates(a: Any, b: Any) -> bool:
    """The definition: no worse in any objective, and not the same."""
    one, two = ((-t.accuracy, *(t.costs[g] for g in ("latency", "ram", "flash"))) for t in (a, b))
    return all(x <= y for x, y in zip(one, two, strict=True)) and one != two


@pytest.mark.parametrize("sampler", ["tpe", "nsga2"])
def test_front_and_interruption(
    recipe: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: None, sampler: str
) -> None:
    from edgekit.search.trial import Bench

    made = recipe(sampler=sampler)
    whole = search(made, "nano33ble", 10, output=tmp_path / "whole")
    done = [t for t in whole.trials if t.state == "done"]
    assert len(whole.trials) == 10 and 1 < len(whole.front) <= len(done) < 10
    assert {t.number for t in whole.front} == {t.number for t in done if not any(dominates(o, t) for o in done)}
    assert all(t.when == "before training" and t.why == "too much" for t in whole.trials if t.state == "infeasible")

    calls = 0

    def interrupted(bench: Any, point: Any, progress: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls in (3, 8):
            raise KeyboardInterrupt
        return made_up(bench, point, progress)

    monkeypatch.setattr(Bench, "run", interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            search(made, "nano33ble", 10, output=tmp_path / "broken")
    again = search(made, "nano33ble", 10, output=tmp_path / "broken")
    assert [t.state for t in again.trials].count("interrupted") == 2
    assert ended(again) == ended(whole), "a resumed search is the search that was never broken"
    calls = 100
    more = search(made, "nano33ble", 12, output=tmp_path / "broken")
    assert calls == 102 and ended(more)[:10] == ended(whole), "trials add up over calls"


class Finalizer:
    """Ctrl-C in a finalizer: Python prints and forgets it."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_is_never_lost(recipe: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: None) -> None:
    from edgekit.search.trial import Bench

    calls = 0

    def tried(bench: Any, point: Any, progress: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            Finalizer()
        return made_up(bench, point, progress)

    monkeypatch.setattr(Bench, "run", tried)
    with pytest.raises(KeyboardInterrupt):
        search(recipe(), "nano33ble", 5, output=tmp_path)
    assert calls == 2
    assert len(search(recipe(), "nano33ble", 3, output=tmp_path).trials) == 3
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_recipe_is_another_study(recipe: Make, tmp_path: Path, free: None) -> None:
    first = search(recipe(), "nano33ble", 3, output=tmp_path)
    other = search(recipe(seed=1), "nano33ble", 3, output=tmp_path)
    assert first.study != other.study and first.storage == other.storage
    assert ended(first) != ended(other)


@pytest.mark.parametrize("sampler", ["tpe", "nsga2", "random"])
def test_a_finite_space_is_tried_point_by_point(recipe: Make, tmp_path: Path, free: None, sampler: str) -> None:
    space = {
        "model.options.width": {"choices": [0.5, 1.0]},
        "train.learning_rate": {"low": 0.01, "high": 0.03, "step": 0.01},
        "train.epochs": {"low": 1, "high": 2},
    }
    made = recipe(space, sampler=sampler)
    first = search(made, "nano33ble", 7, output=tmp_path)
    all_of_them = search(made, "nano33ble", 50, output=tmp_path)
    assert ended(all_of_them)[:7] == ended(first)
    tried = [tuple(round(value, 9) for value in t.point.values()) for t in all_of_them.trials]
    assert sorted(tried) == sorted(product((0.5, 1.0), (0.01, 0.02, 0.03), (1, 2)))


def test_two_workers_at_one_point() -> None:
    study = optuna.create_study()
    for _ in range(2):
        study.ask().suggest_categorical("a", ["x"])
    point = {"a": "x"}
    assert not clashes(study, 0, point, 2) and clashes(study, 1, point, 2), "the second one draws again"
    assert not clashes(study, 1, point, 1), "of the trials of older versions two may have used up the points"


def test_errors(recipe: Make, tmp_path: Path, free: None) -> None:
    with pytest.raises(UsageError, match="is no storage"):
        search(recipe(), "nano33ble", 3, output=tmp_path, storage="study")
    with pytest.raises(ToolError, match=r"oracle://me:\.\.\.@host"):
        search(recipe(), "nano33ble", 3, output=tmp_path, storage="oracle://me:secret@host/x")
    with pytest.raises(UsageError, match="unknown"):
        search(recipe(), "nano", 3, output=tmp_path)
    only = {"model.options.width": {"choices": [2.0]}, "train.learning_rate": {"choices": [0.01, 0.02]}}
    with pytest.raises(VerificationError, match=r"none of 2 trials keeps the limits; nearest is trial \d: too much"):
        search(recipe(only), "nano33ble", 2, output=tmp_path)


WORKER = """
import os, signal, sys, time
from pathlib import Path
from edgekit.recipe import load_recipe
from edgekit.search import plan, search
from edgekit.search.trial import Bench
from tests.search.conftest import made_up
plan._unit = lambda bench: "cycles"
Bench.tested = lambda bench, point, progress: None
calls = 0
def tried(bench, point, progress):
    global calls
    calls += 1
    if calls == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(float(sys.argv[5]))
    return made_up(bench, point, progress)
Bench.run = tried
search(load_recipe(Path(sys.argv[1])), "nano33ble", int(sys.argv[3]), output=Path(sys.argv[1]).parent / "build",
       storage=sys.argv[2] or None)
"""


def started(path: Path, storage: str, trials: int, die: int, seconds: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WORKER, str(path), storage, str(trials), str(die), str(seconds)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def test_killed_worker_loses_no_trial(recipe: Make, write: Any, tmp_path: Path, free: None) -> None:
    worker = started(write(), "", 7, die=5, seconds=0)
    assert worker.communicate()[1] is not None and worker.returncode == -signal.SIGKILL
    result = search(recipe(), "nano33ble", 7, output=tmp_path / "build")
    states = [t.state for t in result.trials]
    assert len(states) == 8 and states.count("interrupted") == 1 and states[4] == "interrupted"
    assert result.trials[5].point == result.trials[4].point, "the half-run trial is run again"
    assert ended(result) == ended(search(recipe(), "nano33ble", 7, output=tmp_path / "whole"))


@pytest.mark.parametrize("storage", ["sqlite:///{}/shared.db", "{}/shared.journal"])
def test_two_processes_share_one_study(recipe: Make, write: Any, tmp_path: Path, free: None, storage: str) -> None:
    address = storage.format(tmp_path)
    workers = [started(write(), address, 8, die=0, seconds=0.5) for _ in range(2)]
    for worker in workers:
        error = worker.communicate()[1]
        assert worker.returncode == 0, error.decode()
    result = search(recipe(), "nano33ble", 8, output=tmp_path / "build", storage=address)
    assert sum(t.state in ("done", "infeasible") for t in result.trials) == 8
    from edgekit.search.storage import storage_of

    study = optuna.load_study(study_name=result.study, storage=storage_of(address))
    assert len({trial.user_attrs["worker"] for trial in study.trials}) == 2, "both have worked"


def test_a_search_whose_recipes_are_built(recipe: Make, tmp_path: Path) -> None:
    """Two processes, no stand-in: what does not fit is never trained, and a build gives the figures of its trial."""
    space = {"model.options.width": {"choices": [0.3, 3.0]}, "train.learning_rate": {"choices": [0.01]}}
    made = recipe(space, sampler="random", limits={"ram": "3 KiB"})
    result = search(made, "qemu-m4", 2, output=tmp_path / "build", workers=2)
    small, large = sorted(result.trials, key=lambda t: t.point["model.options.width"])
    assert (large.state, large.when) == ("infeasible", "before training") and "the limit is 3,072" in large.why
    assert small.front and small.recipe is not None and small.costs is not None and small.test is not None
    homes = [folder / ".cache" for folder in (tmp_path / "build" / "corners" / "search" / "trials").iterdir()]
    assert sorted((home / "training").exists() for home in homes) == [False, True]
    built = build(Path(small.recipe), output=tmp_path / "other").targets["qemu-m4"].manifest
    assert built["accuracy"] == small.test
    assert built["artifact"]["arena_bytes"] == small.costs["ram"]
    assert built["artifact"]["constant_bytes"] == small.costs["flash"]
    page = (result.folder / "search.html").read_text()
    assert "<svg" in page and "model.options.width" in page and "http" not in page
    document = json.loads((result.folder / "search.json").read_text())
    assert document["front"] == [small.number] and document["unit"] == "cycles"
