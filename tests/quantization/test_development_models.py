"""The four float MLPerf Tiny models: int8 by our quantizer, every layer proven on both exact runtimes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.frontend import load
from edgekit.passes import optimize
from edgekit.quantization import quantize, report
from edgekit.recipe import QuantizeSection
from edgekit.verification import verify
from tests.reference.test_differential import RUNTIMES


@pytest.mark.parametrize("name", ["ic_resnet8_float", "kws_dscnn_float", "vww_96_float", "ad01_fp32"])
def test_float_model_to_proven_int8(shared: Path, name: str) -> None:
    graph = optimize(load(shared / "models" / "mlperf_tiny" / f"{name}.tflite"))
    shape = graph.tensors[graph.inputs[0]].shape
    x = np.random.default_rng(0).normal(0, 1, (12, *shape[1:])).astype(np.float32)
    inputs = {graph.inputs[0]: x}
    int8 = quantize(graph, inputs, QuantizeSection())
    assert [node.op for node in int8.nodes] == [node.op for node in graph.nodes]
    layers = report(graph, int8, inputs)
    assert layers[0].sqnr > 35 and min(layer.cosine for layer in layers if layer.op != "softmax") > 0.95
    for runtime in RUNTIMES:
        assert verify(int8, runtime, samples=1).exact
