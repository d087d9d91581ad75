"""Training: data set and network of a recipe to a checkpoint and a float ONNX model.

Importing this package is cheap; PyTorch and Lightning Fabric are imported by the functions that need them, and when
they are missing the functions raise a ToolError that names what to install.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from edgekit.recipe import DataSection, ModelSection, Recipe, TrainSection
from edgekit.train.result import Progress, TrainResult
from edgekit.zoo.extra import needed

if TYPE_CHECKING:
    import torch

    from edgekit.train.tuning import Tuning
    from edgekit.zoo.data import Data

__all__ = [
    "Progress",
    "TrainResult",
    "build_network",
    "distributed",
    "export_onnx",
    "export_untrained",
    "launched",
    "load_data",
    "rank",
    "train",
]

EXPORT_PACKAGES = ("torch", "onnxscript", "safetensors")


def launched() -> bool:
    """Whether torchrun or SLURM started this process, among others of the same command."""
    return "TORCHELASTIC_RUN_ID" in os.environ or "SLURM_NTASKS" in os.environ


def rank() -> int:
    """The number of this process among those that torchrun or a cluster started for one command; 0 when it is alone.

    Only rank 0 writes files and prints results.
    """
    if "TORCHELASTIC_RUN_ID" in os.environ:
        return int(os.environ.get("RANK", 0))
    if "SLURM_NTASKS" in os.environ:
        return int(os.environ.get("SLURM_PROCID", 0))
    return int(os.environ.get("NODE_RANK", 0))


def distributed(section: TrainSection) -> bool:
    """Whether `[train]` asks for several processes."""
    return section.devices * section.nodes > 1 or section.strategy != "auto"


def load_data(section: DataSection) -> Data:
    """The data set of a recipe, split and scaled; a function of the section and the files alone.

    Raises:
        InputError: no such data set, or a file of it is missing, malformed or hostile.
        ToolError: a Python package that this data set needs is not installed.
    """
    from edgekit.zoo import load

    return load(section)


def build_network(section: ModelSection, data: Data) -> torch.nn.Module:
    """The untrained network of a recipe for samples and classes of `data`; weights follow torch's global seed.

    Raises:
        InputError: no such network, options it does not take, a factory that fails or builds something unfit.
        ToolError: PyTorch is not installed.
    """
    needed("torch")
    from edgekit.train.network import Signature, build, task_of

    return build(section, Signature.of(data, task_of("auto", section, data)))


def train(
    recipe: Recipe,
    folder: Path,
    *,
    resume: bool = True,
    progress: Progress | None = None,
    data: Data | None = None,
    tuning: Tuning | None = None,
) -> TrainResult:
    """Train the network of `recipe` and keep checkpoints in `folder`.

    `folder` gets `best.safetensors` (the weights with the best validation score), `last.safetensors` (weights and
    optimizer after the last whole epoch) and `result.json`, each replaced atomically. When it holds the state of an
    interrupted training of the same recipe, data and network source, training goes on from there and ends, on the
    same machine with the same number of threads (`[train] threads` fixes it), in the same bits as an unbroken run.
    When it holds a finished one, that is returned. State of another training is replaced.

    One GPU, several or several nodes need nothing but `accelerator`, `devices` and `nodes` of `[train]`:

    - one node: this function starts the other processes itself (the caller's script needs the usual
      `if __name__ == "__main__":`) and returns in the calling process only;
    - several nodes: start the same command on every node with `torchrun --nnodes N --nproc-per-node DEVICES`, or set
      MASTER_ADDR, MASTER_PORT and NODE_RANK. Under torchrun this function returns the same result in every process;
      only the one of rank 0 writes files.

    `batch_size` counts the samples of a step over all devices, so that learning rates keep their meaning.

    Args:
        resume: False throws away what `folder` holds and starts anew.
        progress: called as `progress(done, total, text)` with steps.
        data: what `load_data(recipe.data)` returned, where the caller has it already; processes that this function
            starts load it themselves.
        tuning: what fine-tuning does otherwise: the network to start from, the loss (`edgekit.train.tuning`).

    Raises:
        InputError: data set, network or options are unfit; ToolError: a package or the device is missing;
        VerificationError: the loss is no longer finite, or the test score is below `min_accuracy`;
        MachineError: a checkpoint cannot be written.
    """
    for package in ("torch", "lightning_fabric", "safetensors"):
        needed(package)
    from edgekit.train import launch

    return launch.train(recipe, folder, resume=resume, progress=progress, data=data, tuning=tuning)


def export_onnx(recipe: Recipe, checkpoint: Path, output: Path, *, softmax: bool | None = None) -> None:
    """Write the trained network as a float ONNX model (opset 18, batch 1, NCHW).

    Its input is named `input`, (1, C, H, W) or (1, F), its output `output`. A classifier ends in softmax unless
    `softmax`, or `[model] softmax` when that is None, says no. The file is checked by `onnx.checker`, and its outputs
    in onnxruntime are compared with PyTorch's.

    Raises:
        InputError: the checkpoint is malformed or of another network than the recipe's.
        UnsupportedError: PyTorch cannot export the network.
        VerificationError: the outputs differ by more than 1e-4.
        ToolError, MachineError: as `train`.
    """
    for package in EXPORT_PACKAGES:
        needed(package)
    from edgekit.train import export

    export.export_onnx(recipe, checkpoint, output, softmax=softmax)


def export_untrained(recipe: Recipe, output: Path, *, data: Data | None = None) -> None:
    """Write the network of `recipe` as `export_onnx` does, with the weights that training would begin with.

    What a target accepts, and what a network costs, can be told from it before any training. Without `data` a part of
    the data set is loaded for its shapes and classes.

    Raises:
        InputError, UnsupportedError, VerificationError, ToolError, MachineError: as `load_data` and `export_onnx`.
    """
    for package in EXPORT_PACKAGES:
        needed(package)
    from edgekit.train import export

    export.export_untrained(recipe, output, data)
