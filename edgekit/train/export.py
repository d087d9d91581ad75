"""A trained network as a float ONNX model, proven against PyTorch."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch

from edgekit.errors import InputError, UnsupportedError, VerificationError
from edgekit.files import write_atomic
from edgekit.recipe import Recipe
from edgekit.train import checkpoint, job
from edgekit.train.network import TASKS, Signature, build, task_of
from edgekit.zoo import load
from edgekit.zoo.data import Data

OPSET = 18
TOLERANCE = 1e-4
# As many samples tell shapes and classes of a data set.
SAMPLES = 2000


def export_onnx(recipe: Recipe, path: Path, output: Path, *, softmax: bool | None = None) -> None:
    """See `edgekit.train.export_onnx`."""
    tensors, about = checkpoint.load_tensors(path)
    signature = signature_of(recipe, about, path)
    network = build(recipe.model, signature)
    checkpoint.load_weights(network, tensors, path)
    write(recipe, network, signature, output, softmax)


def export_untrained(recipe: Recipe, output: Path, data: Data | None) -> None:
    """See `edgekit.train.export_untrained`."""
    if data is None:
        limit = min(recipe.data.limit or SAMPLES, SAMPLES)
        data = load(recipe.data.model_copy(update={"limit": limit}))
    signature = Signature.of(data, task_of(recipe.train.task, recipe.model, data))
    with job.random_state_kept():
        job.seed(recipe.train.seed)
        network = build(recipe.model, signature)
    write(recipe, network, signature, output, None)


def write(
    recipe: Recipe, network: torch.nn.Module, signature: Signature, output: Path, softmax: bool | None = None
) -> None:
    """Write `network`, weights and all, as `edgekit.train.export_onnx` says."""
    wanted = recipe.model.softmax if softmax is None else softmax
    if wanted and signature.task == "classification":
        network = torch.nn.Sequential(network, torch.nn.Softmax(1))
    model = _export(network.eval(), signature.shape, recipe.model.network)
    _compare(model, network, signature.shape, str(output))
    write_atomic(output, model.SerializeToString())


def signature_of(recipe: Recipe, about: dict[str, Any], path: Path) -> Signature:
    """What the checkpoint `path` says in its header `about`. Raises InputError where that is not the recipe's."""
    options = recipe.model.model_dump(mode="json")["options"]
    if about.get("network") != recipe.model.network or about.get("options") != options:
        text = f"holds network {about.get('network')} {about.get('options')}, the recipe asks for"
        raise InputError(str(path), f"{text} {recipe.model.network} {options}", "train again")
    task, shape, outputs = about.get("task"), about.get("shape"), about.get("outputs")
    if task not in TASKS or not isinstance(shape, list) or len(shape) not in (1, 3):
        raise InputError(str(path), f"its header names task {task!r} and shape {shape!r}", "train again")
    if not isinstance(outputs, int) or not all(type(n) is int and 0 < n < 1 << 24 for n in (*shape, outputs)):
        raise InputError(str(path), f"its header names shape {shape!r} and {outputs!r} outputs", "train again")
    return Signature(task, tuple(shape), outputs)


def _export(network: torch.nn.Module, shape: tuple[int, ...], name: str) -> onnx.ModelProto:
    sample = torch.zeros((1, *shape))
    try:
        with _quiet():
            program = torch.onnx.export(
                network,
                (sample,),
                dynamo=True,
                opset_version=OPSET,
                input_names=["input"],
                output_names=["output"],
                verbose=False,
            )
        model: onnx.ModelProto = program.model_proto
    except Exception as error:
        text = f"PyTorch cannot export it to ONNX: {type(error).__name__}: {str(error)[:300]}"
        raise UnsupportedError(f"[model] network {name}", text) from error
    # The exporter notes source lines of this machine in every node; they are of no use in a model that is handed on.
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    onnx.checker.check_model(model, full_check=True)
    return model


def _compare(model: onnx.ModelProto, network: torch.nn.Module, shape: tuple[int, ...], where: str) -> None:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    for _ in range(8):
        x = rng.uniform(-1, 1, (1, *shape)).astype(np.float32)
        found = session.run(["output"], {"input": x})[0]
        with torch.no_grad():
            expected = network(torch.from_numpy(x)).numpy()
        limit = TOLERANCE * max(1.0, float(np.abs(expected).max()))
        if found.shape != expected.shape or not np.abs(found - expected).max() <= limit:
            text = f"outputs in onnxruntime and PyTorch must agree within {limit:.1e}, found {found.shape}"
            if found.shape == expected.shape:
                text += f" with a difference of {np.abs(found - expected).max():.1e}"
            raise VerificationError(where, text)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter talks on stdout and through loggers, which would break `--json`."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
