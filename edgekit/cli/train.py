"""`edgekit train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgekit.cli import _output
from edgekit.cli._options import Json, Recipe


def train(
    recipe: Recipe = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of checkpoints; build/NAME/train without.")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on where an interrupted training ended.")] = True,
    devices: Annotated[int | None, typer.Option(help="Processes on every node, one per GPU; the recipe's.")] = None,
    nodes: Annotated[int | None, typer.Option(help="Machines that run this command; the recipe's.")] = None,
    strategy: Annotated[str | None, typer.Option(help="auto or ddp; the recipe's.")] = None,
    log_dir: Annotated[Path | None, typer.Option("--log-dir", help="Folder of a log for TensorBoard.")] = None,
    json: Json = False,
) -> None:
    """Train a recipe's network and export it as float ONNX, without quantizing or building anything.

    The folder gets the checkpoints (safetensors) and NAME.onnx. An interrupted training goes on from its last whole
    epoch and ends in the same result as an unbroken one.

    With --devices this command starts the processes itself. On several nodes torchrun starts it on each of them.

    \b
    Examples:
      edgekit train edgekit.toml --output trained --log-dir runs
      edgekit train edgekit.toml --devices 2 --strategy ddp
    """
    from dataclasses import asdict

    from edgekit.api import default_recipe
    from edgekit.cli._progress import progress
    from edgekit.recipe import TrainSection, load_recipe, validated
    from edgekit.train import export_onnx, rank
    from edgekit.train import train as work

    chosen = load_recipe(recipe or default_recipe())
    given = {"devices": devices, "nodes": nodes, "strategy": strategy, "tensorboard": log_dir and log_dir.resolve()}
    given = {key: value for key, value in given.items() if value is not None}
    chosen = chosen.model_copy(update={"train": validated(TrainSection, {**dict(chosen.train), **given}, "train")})
    folder = output or Path("build") / chosen.name / "train"
    with progress() as report:
        result = work(chosen, folder, resume=resume, progress=report)
        if rank() > 0:  # the first of several processes writes and tells
            return
        model = folder / f"{chosen.name}.onnx"
        export_onnx(chosen, result.checkpoint, model)
    if json:
        _output.print_json({"name": chosen.name, "model": model, **asdict(result)})
        return
    columns = ("epoch>", "learning rate>", "train loss>", "validation loss>", "validation score>")
    keys = ("epoch", "learning_rate", "train_loss", "validation_loss", "validation_score")
    _output.table(columns, [[row[key] for key in keys] for row in result.history])
    _output.show(f"best epoch {result.best_epoch}: {result.metric} {result.validation_score:.4f} in validation")
    if result.test_score == result.test_score:  # NaN without a test part
        auc = "" if result.test_auc is None else f", area under the ROC curve {result.test_auc:.4f}"
        _output.show(f"test {result.metric} {result.test_score:.4f}{auc}")
    _output.show(f"{result.seconds:.1f} s; {result.checkpoint}; {model}")
