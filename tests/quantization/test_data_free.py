"""Calibration without data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.frontend import load
from edgekit.passes import optimize
from edgekit.quantization.calibration import CalibrationWarning
from edgekit.quantization.data_free import batch_norm_ranges, draft_without_data, synthetic
from edgekit.quantization.lowering import lower
from edgekit.recipe import QuantizeSection
from tests.quantization.test_fixes import judge_of_digits
from tests.quantization.trained import digits


def with_batch_norm(path: Path, gain: float) -> None:
    """Convolution of images in 0..`1 / gain`, batch norm of deviation 1 and 2, ReLU."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weights = gain * np.array([4.0, 4.0], np.float32).reshape(2, 1, 1, 1)
    constants = {
        "w": weights, "gamma": np.array([1, 2], np.float32), "beta": np.array([0.5, 0], np.float32),
        "mean": np.array([2, 2], np.float32), "variance": np.array([1, 1], np.float32),
    }  # fmt: skip
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"]),
        helper.make_node("BatchNormalization", ["c", "gamma", "beta", "mean", "variance"], ["b"]),
        helper.make_node("Relu", ["b"], ["y"]),
    ]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, c, 8, 8]) for n, c in (("x", 1), ("y", 2))]
    graph = helper.make_graph(
        nodes, "g", ends[:1], ends[1:], [numpy_helper.from_array(v, n) for n, v in constants.items()]
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)


@pytest.mark.parametrize(("gain", "kind"), [(1.0, "images in 0..1"), (1 / 255, "images in 0..255")])
def test_batch_norms_tell_ranges_and_inputs(tmp_path: Path, gain: float, kind: str) -> None:
    path = tmp_path / "bn.onnx"
    with_batch_norm(path, gain)
    assert batch_norm_ranges(path) == {"b": (-12.0, 12.0), "y": (0.0, 12.0)}
    graph = optimize(load(path))
    with pytest.warns(CalibrationWarning, match=f"{kind}, 1 ranges from batch norms"):
        draft = draft_without_data(graph, QuantizeSection(), path)
    assert draft.ranges["y"] == draft.observed(graph, draft.section).ranges["y"] == (0.0, 12.0)
    assert draft.samples["x"].max() == synthetic(graph, kind, 0)["x"].max() == pytest.approx(1 / gain, rel=1e-2)


def test_a_network_of_images_stays_useful_without_data() -> None:
    graph = digits()[0]
    with pytest.warns(CalibrationWarning, match="without data.*no batch norms.*accuracy is lost"):
        draft = draft_without_data(graph, QuantizeSection())
    assert judge_of_digits(graph)(lower(draft)).drop < 3
