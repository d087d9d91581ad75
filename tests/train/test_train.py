"""The training loop on small data: it learns, resumes in the same bits, stops, fails clearly."""

from __future__ import annotations

import importlib
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.errors import InputError, MachineError, ToolError, VerificationError
from edgekit.recipe import Recipe, load_recipe
from edgekit.train import TrainResult, build_network, load_data, train

torch = pytest.importorskip("torch", reason="needs the extra train")

Make = Callable[..., Recipe]
ROOT = Path(__file__).resolve().parents[2]
NOISY: dict[str, Any] = {"augment": ("shift", "noise"), "epochs": 4, "warmup_epochs": 1.0}


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    """Equal bits are promised for an equal number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def stored(folder: Path) -> tuple[bytes, bytes, dict[str, Any]]:
    result = json.loads((folder / "result.json").read_bytes())
    del result["seconds"]
    return (folder / "best.safetensors").read_bytes(), (folder / "last.safetensors").read_bytes(), result


@pytest.mark.parametrize("name", ["lenet5", "mlp", "resnet8"])
def test_learns(recipe: Make, tmp_path: Path, name: str) -> None:
    result = train(recipe(name, epochs=8), tmp_path / "out")
    assert result.metric == "accuracy" and result.test_score >= 0.9
    assert [entry["epoch"] for entry in result.history] == list(range(8))
    assert result.validation_score == max(entry["validation_score"] for entry in result.history)
    assert result.history[result.best_epoch]["validation_score"] == result.validation_score


def test_seed_decides_the_bits(recipe: Make, tmp_path: Path) -> None:
    made = recipe("mlp", {"dropout": 0.2}, **NOISY)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        train(made.model_copy(update={"train": made.train.model_copy(update={"seed": seed})}), tmp_path / name)
    assert stored(tmp_path / "a") == stored(tmp_path / "b")
    assert stored(tmp_path / "a")[0] != stored(tmp_path / "c")[0]


def test_callers_random_state_is_untouched(recipe: Make, tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(recipe("mlp", epochs=1, threads=2), tmp_path / "out")
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == 1
    assert not torch.are_deterministic_algorithms_enabled()


KILLED = """
import os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from edgekit.recipe import Recipe
from edgekit.train import train
recipe = Recipe.model_validate_json(Path(sys.argv[1]).read_text())
def die(done, total, text):
    if done == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
train(recipe, Path(sys.argv[2]), progress=die)
"""


def test_sigkill_and_resume_gives_the_bits_of_an_unbroken_run(recipe: Make, tmp_path: Path) -> None:
    made = recipe("resnet8", {"filters": 4}, **NOISY)
    totals: list[int] = []
    whole = train(made, tmp_path / "whole", progress=lambda done, total, text: totals.append(total))
    (tmp_path / "recipe.json").write_text(made.model_dump_json())
    steps = totals[-1] // made.train.epochs
    # In the middle of the third of four epochs.
    at = 2 * steps + steps // 2
    command = [sys.executable, "-c", KILLED, str(tmp_path / "recipe.json"), str(tmp_path / "broken"), str(at)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert not (tmp_path / "broken" / "result.json").exists()
    seen: list[int] = []
    resumed = train(made, tmp_path / "broken", progress=lambda done, total, text: seen.append(done))
    assert min(step for step in seen if step) == 2 * steps + 1, "must go on with the third epoch"
    assert stored(tmp_path / "broken") == stored(tmp_path / "whole")
    assert resumed.history == whole.history


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("file", ["best.safetensors", "last.safetensors", "result.json"])
def test_interrupted_before_any_write(
    recipe: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, optimizer: str, file: str
) -> None:
    from edgekit import files
    from edgekit.train import checkpoint, state

    made = recipe("mlp", {"dropout": 0.2}, optimizer=optimizer, **NOISY)
    train(made, tmp_path / "whole")
    countdown = {"best.safetensors": 2, "last.safetensors": 2, "result.json": 1}[file]

    def write(path: Path, data: bytes) -> None:
        nonlocal countdown
        if path.name == file:
            countdown -= 1
            if countdown == 0:
                raise KeyboardInterrupt
        files.write_atomic(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "write_atomic", write)
        patch.setattr(state, "write_atomic", write)
        with pytest.raises(KeyboardInterrupt):
            train(made, tmp_path / "broken")
    train(made, tmp_path / "broken")
    assert stored(tmp_path / "broken") == stored(tmp_path / "whole")


def test_finished_training_is_returned_and_resume_false_repeats_it(recipe: Make, tmp_path: Path) -> None:
    made = recipe("mlp")
    first = train(made, tmp_path / "out")
    seen: list[int] = []
    again = train(made, tmp_path / "out", progress=lambda done, total, text: seen.append(done))
    assert asdict(again) == asdict(first) and seen == [0]
    train(made, tmp_path / "out", resume=False, progress=lambda done, total, text: seen.append(done))
    assert max(seen) > 0


def test_state_of_another_recipe_is_replaced(recipe: Make, tmp_path: Path) -> None:
    train(recipe("mlp"), tmp_path / "out")
    train(recipe("mlp", learning_rate=1e-2), tmp_path / "out")
    train(recipe("mlp", learning_rate=1e-2), tmp_path / "alone")
    assert stored(tmp_path / "out") == stored(tmp_path / "alone")


def test_changed_source_of_a_network_trains_anew(recipe: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = "import torch\ndef f(shape, classes):\n    return torch.nn.Sequential(torch.nn.Flatten(), UNITS)\n"
    file = tmp_path / "edgekit_test_changing_net.py"
    found = []
    for bias in (True, True, False):
        file.write_text(source.replace("UNITS", f"torch.nn.Linear(144, classes, bias={bias})"))
        sys.modules.pop(file.stem, None)
        importlib.invalidate_caches()
        seen: list[int] = []
        train(recipe(f"{file.stem}:f"), tmp_path / "out", progress=lambda done, *_, seen=seen: seen.append(done))
        found.append(max(seen) > 0)
    assert found == [True, False, True]


def test_min_accuracy_needs_something_to_measure(recipe: Make, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"min_accuracy.*needs a classifier"):
        train(recipe("autoencoder", min_accuracy=0.9), tmp_path / "out")
    made = recipe("mlp", min_accuracy=0.1)
    with pytest.raises(InputError, match=r"min_accuracy.*0 test samples"):
        train(made.model_copy(update={"data": made.data.model_copy(update={"test": 0.0})}), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_folder_that_cannot_be_written(recipe: Make, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(MachineError, match="out"):
        train(recipe("mlp"), tmp_path / "out")


def test_mixed_precision_on_the_cpu(recipe: Make, tmp_path: Path) -> None:
    assert train(recipe("resnet8", {"filters": 4}, precision="bf16-mixed", epochs=8), tmp_path / "out").test_score > 0.9


@pytest.mark.parametrize("damage", ["truncate", "flip"])
def test_damaged_checkpoint_is_one_clear_error(recipe: Make, tmp_path: Path, damage: str) -> None:
    made = recipe("mlp")
    train(made, tmp_path / "out")
    last = tmp_path / "out" / "last.safetensors"
    content = bytearray(last.read_bytes())
    if damage == "truncate":
        del content[len(content) // 2 :]
    else:
        content[2] ^= 0x40
    last.write_bytes(content)
    with pytest.raises(InputError, match=r"last\.safetensors.*whole checkpoint"):
        train(made, tmp_path / "out")


def test_early_stop(recipe: Make, tmp_path: Path) -> None:
    # A rate of almost nothing leaves the first epoch's score unbeaten for good.
    result = train(recipe("mlp", epochs=50, learning_rate=1e-30, early_stop=2), tmp_path / "out")
    assert len(result.history) <= result.best_epoch + 3 and len(result.history) < 50
    assert (
        train(recipe("mlp", epochs=50, learning_rate=1e-30, early_stop=2), tmp_path / "out").history == result.history
    )


def test_divergence_and_limit_are_verification_errors(recipe: Make, tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="loss"):
        train(recipe("mlp", optimizer="sgd", learning_rate=1e30), tmp_path / "out")
    with pytest.raises(VerificationError, match="min_accuracy"):
        train(recipe("mlp", learning_rate=1e-30, min_accuracy=0.999), tmp_path / "limit")


def test_autoencoder_finds_anomalies(recipe: Make, tmp_path: Path) -> None:
    made = recipe("autoencoder", {"hidden": [32], "latent": 4}, normal=("0",), epochs=40, learning_rate=1e-2)
    result = train(made, tmp_path / "out")
    assert result.metric == "negative_mse" and result.test_auc is not None and result.test_auc > 0.9
    assert result.history[-1]["train_loss"] < result.history[0]["train_loss"] / 2


def test_regression(tmp_path: Path, recipe: Make) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 5)).astype(np.float32)
    np.savez(tmp_path / "r.npz", x=x, y=(x @ rng.normal(size=(5, 2))).astype(np.float32))
    made = recipe("mlp", {"hidden": []}, epochs=40, learning_rate=3e-2)
    made = made.model_copy(update={"data": made.data.model_copy(update={"path": tmp_path / "r.npz"})})
    result = train(made, tmp_path / "out")
    assert result.metric == "negative_mse" and result.test_score > -0.05


def test_without_test_part_the_score_is_nan(recipe: Make, tmp_path: Path) -> None:
    made = recipe("mlp")
    made = made.model_copy(update={"data": made.data.model_copy(update={"test": 0.0})})
    for _ in range(2):
        result: TrainResult = train(made, tmp_path / "out")
        assert math.isnan(result.test_score)


@pytest.mark.slow
def test_two_processes_learn_and_resume(recipe: Make, tmp_path: Path) -> None:
    made = recipe("resnet8", {"filters": 4}, epochs=8, devices=2, strategy="ddp", accelerator="cpu")
    seen: list[tuple[int, int, str]] = []
    result = train(made, tmp_path / "out", progress=lambda *message: seen.append(message))
    assert result.test_score >= 0.9
    assert seen[-1][0] == seen[-1][1] > 0
    assert train(made, tmp_path / "out").history == result.history


@pytest.mark.slow
def test_error_in_a_process_keeps_its_class(recipe: Make, tmp_path: Path) -> None:
    made = recipe("mlp", {"nonsense": 1}, devices=2, accelerator="cpu")
    with pytest.raises(InputError, match="nonsense"):
        train(made, tmp_path / "out")


def test_batch_must_divide_among_processes(recipe: Make, tmp_path: Path) -> None:
    from types import SimpleNamespace

    from edgekit.train import job

    made = recipe("mlp", batch_size=15)
    fabric = SimpleNamespace(world_size=2)
    with pytest.raises(InputError, match="multiple of the 2 processes"):
        job.make(fabric, made, tmp_path, load_data(made.data))


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_missing_gpu_is_a_tool_error(recipe: Make, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="cuda"):
        train(recipe("mlp", accelerator="cuda"), tmp_path / "out")


def test_missing_torch_is_a_tool_error_and_import_is_cheap(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "import edgekit.train as t\n"
        "from edgekit.recipe import Recipe\n"
        "from edgekit.errors import ToolError\n"
        "heavy = {'torch', 'onnx', 'lightning_fabric', 'safetensors'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.modules['torch'] = None\n"
        "for call in (lambda: t.train(Recipe(), 'x'), lambda: t.export_onnx(Recipe(), 'x', 'y')):\n"
        "    try:\n"
        "        call()\n"
        "    except ToolError as error:\n"
        "        assert 'edgekit[train]' in str(error), error\n"
        "    else:\n"
        "        raise SystemExit('no error')\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_default_recipe_trains_the_digits(tmp_path: Path) -> None:
    """Two of its epochs; the whole recipe is in the slow test below."""
    made = load_recipe(ROOT / "edgekit" / "recipes" / "default.toml")
    data = load_data(made.data)
    assert data.sample_shape == (28, 28, 1) and len(data.classes) == 10
    assert sum(len(y) for y in (data.train_y, data.validation_y, data.test_y)) == 5000
    assert build_network(made.model, data)(torch.zeros(1, 1, 28, 28)).shape == (1, 10)
    short = made.train.model_copy(update={"epochs": 2, "warmup_epochs": 0.0, "min_accuracy": 0.85})
    assert train(made.model_copy(update={"train": short}), tmp_path / "out").test_score > 0.85


@pytest.mark.slow
def test_default_recipe_reaches_its_accuracy(tmp_path: Path) -> None:
    result = train(load_recipe(ROOT / "edgekit" / "recipes" / "default.toml"), tmp_path / "out")
    assert result.test_score >= 0.975
