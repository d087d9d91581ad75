"""Float ONNX models: every network of the zoo, layouts, softmax, wrong checkpoints."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import plugins
from edgekit.errors import InputError, UnsupportedError, VerificationError
from edgekit.recipe import ModelSection, Recipe
from edgekit.train import export_onnx, export_untrained, load_data, train

torch = pytest.importorskip("torch", reason="needs the extra train")
onnx = pytest.importorskip("onnx")

Make = Callable[..., Recipe]
NETWORKS = {
    "mlp": ((6, 20, 1), {}),
    "lenet5": ((1, 28, 28), {}),
    "dscnn": ((1, 49, 10), {}),
    "mobilenet_v1": ((3, 96, 96), {}),
    "mobilenet_v2": ((1, 28, 28), {}),
    "resnet8": ((3, 32, 32), {}),
    "autoencoder": ((640,), {}),
}


def exported(name: str, shape: tuple[int, ...], options: dict[str, Any]) -> Any:
    from edgekit.train import export, network

    reconstructs = name == "autoencoder"
    signature = network.Signature(
        "reconstruction" if reconstructs else "classification", shape, math.prod(shape) if reconstructs else 10
    )
    torch.manual_seed(0)
    module = network.build(ModelSection(network=name, options=options), signature)
    # Batch norms as after training: fresh ones would hide a wrong fold.
    for child in module.modules():
        if hasattr(child, "running_mean"):
            child.running_mean.normal_(), child.running_var.uniform_(0.5, 2)
            torch.nn.init.normal_(child.weight), torch.nn.init.normal_(child.bias)
    module.eval()
    model = export._export(module, shape, name)
    export._compare(model, module, shape, name)
    return model, sum(p.numel() for p in module.parameters())


def test_every_network_is_here() -> None:
    assert set(NETWORKS) == set(plugins.names("edgekit.zoo.models"))


@pytest.mark.parametrize("name", NETWORKS)
def test_network_exports_to_plain_operators(name: str) -> None:
    model, _ = exported(name, *NETWORKS[name])
    kinds = {node.op_type for node in model.graph.node}
    allowed = {"Conv", "Relu", "Clip", "MaxPool", "AveragePool", "Reshape", "Flatten", "Gemm", "Add"}
    assert kinds <= allowed, kinds - allowed
    assert [v.name for v in model.graph.input] == ["input"] and [v.name for v in model.graph.output] == ["output"]
    assert [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim] == [1, *NETWORKS[name][0]]
    assert b"site-packages" not in model.SerializeToString(), "paths of this machine in the model"


@pytest.mark.parametrize(
    ("name", "parameters"),
    # Keras counts of the MLPerf Tiny reference models without the running statistics of batch norm. Where the Keras
    # models give a convolution before batch norm a bias, which the norm cancels, ours has none.
    [("resnet8", 78_186), ("autoencoder", 267_928), ("lenet5", 61_706)],
)
def test_parameter_counts_of_the_literature(name: str, parameters: int) -> None:
    assert exported(name, *NETWORKS[name])[1] == parameters


def test_mobilenet_v2_has_the_parameters_of_the_paper() -> None:
    from edgekit.zoo.models.mobilenet_v2 import build

    whole = build((3, 224, 224), 1000, width=1.0)
    assert sum(p.numel() for p in whole.parameters()) == 3_504_872


@pytest.mark.parametrize("resolution", [33, 96, 128])
@pytest.mark.parametrize("width", [0.25, 0.5])
def test_mobilenet_at_every_width_and_resolution(width: float, resolution: int) -> None:
    from edgekit.train import network

    signature = network.Signature("classification", (3, resolution, resolution), 10)
    chosen = ModelSection(network="mobilenet_v1", options={"width": width, "resolution": resolution})
    built = network.build(chosen, signature)
    filters = [child.out_channels for child in built.modules() if isinstance(child, torch.nn.Conv2d)]
    assert filters[0] == 32 * width and filters[-1] == 1024 * width and len(filters) == 27
    with pytest.raises(InputError, match="32 asked for, images are"):
        network.build(ModelSection(network="mobilenet_v1", options={"resolution": 32}), signature)


@pytest.mark.parametrize("softmax", [None, True, False])
def test_exported_model_gives_the_accuracy_of_training(recipe: Make, tmp_path: Path, softmax: bool | None) -> None:
    import onnxruntime

    made = recipe("lenet5", epochs=6)
    result = train(made, tmp_path / "out")
    export_onnx(made, result.checkpoint, tmp_path / "m.onnx", softmax=softmax)
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    data = load_data(made.data)
    nchw = data.test_x.transpose(0, 3, 1, 2)
    outputs = np.concatenate([session.run(["output"], {"input": x[None]})[0] for x in nchw])
    assert (outputs.argmax(1) == data.test_y).mean() == pytest.approx(result.test_score)
    assert np.allclose(outputs.sum(1), 1, atol=1e-5) == (softmax is not False)


def test_untrained_network_is_the_one_that_training_begins_with(recipe: Make, tmp_path: Path) -> None:
    made = recipe("resnet8", {"filters": 4}, epochs=1, learning_rate=1e-30)
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    export_untrained(made, tmp_path / "before.onnx")
    assert torch.equal(torch.rand(2), expected), "the caller's random state must stay"
    data = load_data(made.data)
    export_untrained(made, tmp_path / "again.onnx", data=data)
    assert (tmp_path / "before.onnx").read_bytes() == (tmp_path / "again.onnx").read_bytes()
    export_onnx(made, train(made, tmp_path / "out", data=data).checkpoint, tmp_path / "after.onnx")
    before, after = (onnx.load(tmp_path / f"{name}.onnx").graph for name in ("before", "after"))
    assert [node.op_type for node in before.node] == [node.op_type for node in after.node]
    # Batch norms have seen data meanwhile; the dense layer, to which no statistics fold, has not changed.
    shapes = [{tuple(t.dims): onnx.numpy_helper.to_array(t) for t in g.initializer} for g in (before, after)]
    assert np.allclose(shapes[0][(4, 16)], shapes[1][(4, 16)], atol=1e-6)


def test_checkpoint_of_another_network_is_refused(recipe: Make, tmp_path: Path) -> None:
    made = recipe("mlp", {"hidden": [8]}, epochs=1)
    checkpoint = train(made, tmp_path / "out").checkpoint
    with pytest.raises(InputError, match="recipe asks for lenet5"):
        export_onnx(recipe("lenet5"), checkpoint, tmp_path / "m.onnx")
    with pytest.raises(InputError, match="16"):
        export_onnx(recipe("mlp", {"hidden": [16]}), checkpoint, tmp_path / "m.onnx")
    with pytest.raises(InputError, match="whole checkpoint"):
        export_onnx(made, tmp_path / "missing.safetensors", tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_difference_to_torch_is_found() -> None:
    from edgekit.train import export

    network = torch.nn.Sequential(torch.nn.Linear(4, 3)).eval()
    model = export._export(network, (4,), "x")
    with torch.no_grad():
        network[0].bias += 1e-2
    with pytest.raises(VerificationError, match="difference of 1"):
        export._compare(model, network, (4,), "x")


def test_what_torch_cannot_export_is_unsupported() -> None:
    from edgekit.train import export

    class Branches(torch.nn.Module):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            return x if float(x.sum()) > 1e9 else x + 1

    with pytest.raises(UnsupportedError, match="cannot export"):
        export._export(Branches().eval(), (4,), "x")
