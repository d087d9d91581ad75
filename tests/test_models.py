"""Whole models of others: read, written, read again, and every integer of every layer proven."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.errors import UnsupportedError
from edgekit.frontend.tflite import load, read, write
from edgekit.graph import Graph
from edgekit.reference import Simulator
from edgekit.runtimes import runtime
from edgekit.verification import random_inputs, verify

INT8 = (
    "mlperf_tiny/ad01_int8", "mlperf_tiny/ic_resnet8_int8", "mlperf_tiny/kws_dscnn_int8", "mlperf_tiny/vww_96_int8",
    "tflite_micro/hello_world_int8", "tflite_micro/micro_speech_quantized", "tflite_micro/person_detect",
    "tinymaix/cifar10_q", "tinymaix/mnist_resnet_q", "tinymaix/mnist_valid_q",
)  # fmt: skip
UINT8 = ("coral/split_concat",)
FLOAT = (
    "mlperf_tiny/ad01_fp32", "mlperf_tiny/ic_resnet8_float", "mlperf_tiny/kws_dscnn_float", "mlperf_tiny/vww_96_float",
    "tflite_micro/hello_world_float", "tinymaix/cifar10_f", "tinymaix/mnist_resnet_f", "tinymaix/mnist_valid_f",
)  # fmt: skip
REFUSED = {
    "coral/mobilenet_v1_0.25_128_quant": ("Conv2d_0", "asymmetric uint8 weights", "edgekit quantize"),
    "tflite_micro/trained_lstm": ("tfl.unidirectional_sequence_lstm", "SEQUENCE_LSTM", "edgekit targets --operators"),
    "tflite_micro/trained_lstm_int8": ("tfl.unidirectional_sequence_lstm", "SEQUENCE_LSTM", "targets --operators"),
    "coral/keras_lstm_mnist_ptq": ("sequence_lstm", "SEQUENCE_LSTM", "edgekit targets --operators"),
}
RUNTIMES = ("tflite-micro", "litert-reference")
HYBRID = ("mlperf_tiny/kws_dscnn_float",)  # int8 weights, float activations: read as float
RUNS = {  # what a runtime refuses; all others run on both
    "coral/split_concat": ("litert-reference",),  # TensorFlow Lite Micro splits no uint8
}
RUNS_ORIGINAL = {
    **RUNS,
    "tflite_micro/person_detect": ("tflite-micro",),  # its biases name the weights' axis 3 as theirs: LiteRT minds
}


def path(shared: Path, model: str) -> Path:
    return shared / "models" / f"{model}.tflite"


def test_every_model_is_listed(shared: Path) -> None:
    found = {f"{p.parent.name}/{p.stem}" for p in (shared / "models").glob("*/*.tflite")}
    assert found == {*INT8, *UINT8, *FLOAT, *REFUSED}


@pytest.mark.parametrize("model", [*INT8, *UINT8, *FLOAT])
def test_read_write_read(model: str, shared: Path) -> None:
    graph = load(path(shared, model))
    data = write(graph)
    again = read(data, path(shared, model).name)
    assert again.fingerprint() == graph.fingerprint()
    assert write(again) == data


def pairs(exceptions: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(model, name) for model in (*INT8, *UINT8) for name in exceptions.get(model, RUNTIMES)]


@pytest.mark.parametrize(("model", "against"), pairs(RUNS))
def test_every_layer_of_integers(model: str, against: str, shared: Path) -> None:
    graph = load(path(shared, model))
    result = verify(graph, against, samples=8)
    assert result.exact, result.first_difference
    assert len(result.layers) == sum(len(node.outputs) for node in graph.nodes)


@pytest.mark.parametrize(("model", "against"), pairs(RUNS_ORIGINAL))
def test_outputs_of_the_original_file(model: str, against: str, shared: Path) -> None:
    """The file as its authors made it, so that reader and writer cannot be wrong together."""
    data = path(shared, model).read_bytes()
    graph, vehicle = read(data), runtime(against)
    inputs = random_inputs(graph, 4, seed=1)
    expected = Simulator(graph, vehicle.ARITHMETIC).run(inputs)
    session = vehicle.Session(data)
    for index in range(4):
        found = session.run({name: a[index : index + 1] for name, a in inputs.items()})
        for array, name in zip(found.values(), graph.outputs, strict=True):
            assert np.array_equal(array, expected[name][index : index + 1])


@pytest.mark.parametrize("model", FLOAT)
def test_float_models(model: str, shared: Path) -> None:
    data = path(shared, model).read_bytes()
    graph = read(data)
    inputs = random_inputs(graph, 4, seed=2)
    expected = Simulator(graph).run(inputs)
    for file, tolerance in ((write(graph), 1e-4), (data, 0.05 if model in HYBRID else 1e-4)):
        session = runtime("litert-reference").Session(file)
        for index in range(4):
            found = session.run({name: a[index : index + 1] for name, a in inputs.items()})
            for array, name in zip(found.values(), graph.outputs, strict=True):
                np.testing.assert_allclose(array, expected[name][index : index + 1], rtol=1e-4, atol=tolerance)


@pytest.mark.parametrize("model", REFUSED)
def test_refused_models(model: str, shared: Path) -> None:
    layer, what, fix = REFUSED[model]
    with pytest.raises(UnsupportedError) as caught:
        load(path(shared, model))
    assert layer in caught.value.where and what in str(caught.value) and fix in caught.value.fix


def test_batches_equal_single_samples(shared: Path) -> None:
    graph: Graph = load(path(shared, "mlperf_tiny/ic_resnet8_int8"))
    inputs = random_inputs(graph, 20)
    simulator = Simulator(graph)
    together = simulator.run(inputs)
    for index in range(20):
        alone = simulator.run({name: a[index : index + 1] for name, a in inputs.items()})
        for name in graph.outputs:
            assert np.array_equal(alone[name], together[name][index : index + 1])
