"""Crossbars of phase-change memory: published statistics, exact without noise, and honest about what was not run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import target
from edgekit.arrays import load_arrays, save_arrays
from edgekit.backends import Samples
from edgekit.backends import analog_pcm as backend
from edgekit.backends.analog_pcm import accuracy, artifact, device, mapping
from edgekit.backends.analog_pcm.calibration import calibrated
from edgekit.backends.analog_pcm.chip import Chip, ideal
from edgekit.backends.analog_pcm.network import Network
from edgekit.backends.analog_pcm.options import Options
from edgekit.errors import InputError, UnsupportedError
from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.reshape import Reshape
from edgekit.reference import Simulator
from edgekit.verification import random_inputs
from tests.backends.graphs import one_node, small_int8

TARGET = target.find_target("analog-pcm")
NOISELESS = {"programming_noise": 0.0, "drift": 0.0, "read_noise": 0.0, "percentile": 100.0}


def network(seed: int = 0) -> Graph:
    """A strided and a dilated convolution, a depthwise one with a multiplier, and a fully connected layer; float."""
    rng = np.random.default_rng(seed)

    def constant(name: str, *shape: int) -> Tensor:
        return Tensor.constant(name, rng.normal(0, 0.3, shape).astype(np.float32))

    graph = Graph("net", inputs=["x"], outputs=["y"])
    for tensor in (
        Tensor("x", (1, 11, 9, 3), "float32"),
        constant("w1", 8, 3, 3, 3), constant("b1", 8), Tensor("a", (1, 6, 5, 8), "float32"),
        constant("w2", 1, 3, 3, 16), constant("b2", 16), Tensor("b", (1, 6, 5, 16), "float32"),
        constant("w3", 4, 2, 2, 16), Tensor("c", (1, 4, 3, 4), "float32"),
        Tensor("d", (1, 48), "float32"), constant("w4", 5, 48), constant("b4", 5), Tensor("y", (1, 5), "float32"),
    ):  # fmt: skip
        graph.add(tensor)
    graph.nodes = [
        Node(Conv2D(stride=(2, 2), activation="relu"), ("x", "w1", "b1"), ("a",)),
        Node(DepthwiseConv2D(activation="relu6"), ("a", "w2", "b2"), ("b",)),
        Node(Conv2D(dilation=(2, 2), padding="valid"), ("b", "w3"), ("c",)),
        Node(Reshape((1, 48)), ("c",), ("d",)),
        Node(FullyConnected(), ("d", "w4", "b4"), ("y",)),
    ]
    graph.validate()
    return graph


def prepared(options: Options, samples: int = 4) -> tuple[Graph, list[mapping.Layer], dict[str, Any]]:
    graph = network()
    inputs = random_inputs(graph, samples)
    return graph, calibrated(graph, mapping.layers(graph, options), inputs, options), inputs


def test_the_published_figures() -> None:
    x = np.array([0.0, 0.1, 0.5, 1.0])
    sigma = [0.26348, 0.26348 + 0.19650 - 0.011731, 0.26348 + 0.98250 - 0.293275, 0.26348 + 1.9650 - 1.1731]
    np.testing.assert_allclose(device.programming_sigma(x, 25.0), sigma, rtol=1e-6)
    np.testing.assert_allclose(device.programming_sigma(x, 50.0), 2 * np.array(sigma), rtol=1e-6)
    np.testing.assert_allclose(device.exponent_mean(x), [0.1, 0.060090, 0.049, 0.049], atol=1e-6)
    np.testing.assert_allclose(device.exponent_sigma(x), [0.045, 0.022882, 0.008, 0.008], atol=1e-6)
    g = np.full(4, 10, np.float32)
    grown = np.sqrt(np.log((20 + 3600 + 250e-9) / 500e-9))
    q = [0.2, 0.0088 / 0.1**0.65, 0.0088 / 0.5**0.65, 0.0088]
    np.testing.assert_allclose(device.read_sigma(x, g, 3600.0), 10 * np.array(q) * grown, rtol=1e-6)
    faded = device.drifted(np.full(1, 20, np.float32), np.full(1, 0.05, np.float32), 86400.0)
    np.testing.assert_allclose(faded, 20 * (86420 / 20) ** -0.05, rtol=1e-5)


@pytest.mark.parametrize("target_conductance", [5.0, 12.5, 25.0])
def test_devices_have_these_statistics(target_conductance: float) -> None:
    count, age, options = 200_000, 86400.0, Options()
    rng = np.random.default_rng(7)
    wanted = np.full(count, target_conductance, np.float32)
    x = np.array([target_conductance / 25])
    programmed = device.program(wanted, options, rng)
    sigma = float(device.programming_sigma(x, 25.0)[0])
    assert abs(programmed.mean() - target_conductance) < 5 * sigma / np.sqrt(count)
    assert abs(programmed.std() / sigma - 1) < 5 / np.sqrt(2 * count)
    exponent = device.exponents(wanted, options, rng)
    spread = float(device.exponent_sigma(x)[0])
    assert abs(exponent.mean() - float(device.exponent_mean(x)[0])) < 5 * spread / np.sqrt(count)
    assert abs(exponent.std() / spread - 1) < 5 / np.sqrt(2 * count)
    still = np.full(count, float(device.exponent_mean(x)[0]), np.float32)
    now = device.read(wanted, wanted, still, age, options, rng)
    faded = device.drifted(wanted, still, age)
    noise = float(device.read_sigma(x, faded[:1], age)[0])
    assert abs((now - faded).std() / noise - 1) < 5 / np.sqrt(2 * count)
    assert (device.program(np.zeros(1000, np.float32), options, rng) >= 0).all()


@pytest.mark.parametrize("scaling", ["column", "layer"])
@pytest.mark.parametrize("rows, columns", [(256, 256), (36, 5), (9, 2)])
def test_without_noise_the_float_network_comes_out(scaling: str, rows: int, columns: int) -> None:
    options = Options.model_validate(
        NOISELESS | {"tile_rows": rows, "tile_columns": columns, "scaling": scaling, "depthwise": "crossbar"}
    )
    graph, layers, inputs = prepared(options)
    assert [layer.op for layer in layers] == ["conv_2d", "depthwise_conv_2d", "conv_2d", "fully_connected"]
    assert all(t.positive.shape <= (rows, columns) for layer in layers for t in layer.tiles)
    assert all(max(t.positive.max(), t.negative.max()) <= 25.0001 for layer in layers for t in layer.tiles)
    assert not any((t.positive * t.negative).any() for layer in layers for t in layer.tiles)
    wanted = Simulator(graph).run(inputs)["y"]
    crossbars = Network(graph, layers, options)
    for states in (ideal(layers, options), Chip(layers, options, 3).at(1e6)):
        found = crossbars.run(inputs, states, converters=False)["y"]
        assert np.abs(found - wanted).max() < 1e-5 * np.abs(wanted).max()
    fine = Network(graph, layers, options.model_copy(update={"dac_bits": 16, "adc_bits": 16}))
    assert np.abs(fine.run(inputs, ideal(layers, options))["y"] - wanted).max() < 1e-3 * np.abs(wanted).max()


def test_more_bits_are_closer() -> None:
    graph, layers, inputs = prepared(Options())
    wanted = Simulator(graph).run(inputs)["y"]
    errors = []
    for bits in (4, 6, 8):
        crossbars = Network(graph, layers, Options(dac_bits=bits, adc_bits=bits))
        errors.append(float(np.abs(crossbars.run(inputs, ideal(layers, Options()))["y"] - wanted).mean()))
    assert errors[0] > 2 * errors[1] > 4 * errors[2] > 0


def test_converters_clip_and_round() -> None:
    """Two bits have the levels -1, 0 and 1 of full scale, at the input as at the output."""
    graph = Graph("one", inputs=["x"], outputs=["y"])
    for tensor in (Tensor("x", (1, 3), "float32"), Tensor("y", (1, 1), "float32")):
        graph.add(tensor)
    graph.add(Tensor.constant("w", np.array([[0.5, -0.25, 0.125]], np.float32)))
    graph.nodes = [Node(FullyConnected(), ("x", "w"), ("y",))]
    options = Options(dac_bits=2, adc_bits=0)
    (layer,) = mapping.layers(graph, options)
    layer = replace(layer, full_scale=2.0, tiles=(replace(layer.tiles[0], full_scale=1.0),))
    x = {"x": np.array([[9.0, 1.2, -0.9]], np.float32)}  # 2, 2 and 0 are left
    one = ideal([layer], options)
    assert Network(graph, [layer], options).run(x, one)["y"] == pytest.approx(0.5)
    coarse = Network(graph, [layer], Options(dac_bits=2, adc_bits=2))
    assert coarse.run(x, one)["y"] == pytest.approx(0.0)  # 0.5 of full scale, a tie, goes to even
    x = {"x": np.array([[9.0, -9.0, 9.0]], np.float32)}  # 1.75 of full scale
    assert coarse.run(x, one)["y"] == pytest.approx(1.0)


def test_a_chip_keeps_its_devices_and_no_two_are_alike() -> None:
    options = Options()
    graph, layers, inputs = prepared(options)
    crossbars = Network(graph, layers, options)

    def outputs(number: int, age: float) -> Any:
        return crossbars.run(inputs, Chip(layers, options, number).at(age))["y"]

    assert np.array_equal(outputs(0, 3600.0), outputs(0, 3600.0))
    assert not np.array_equal(outputs(0, 3600.0), outputs(1, 3600.0))
    assert not np.array_equal(outputs(0, 3600.0), outputs(0, 86400.0))
    quiet = options.model_copy(update={"read_noise": 0.0, "drift": 0.0})
    young, old = (Chip(layers, quiet, 0).at(age)["a"][0].weights for age in (1.0, 1e7))
    assert np.array_equal(young, old)  # programming noise is drawn once


def test_drift_is_compensated() -> None:
    still = Options(programming_noise=0.0, read_noise=0.0)
    graph, layers, inputs = prepared(still)
    crossbars, wanted = Network(graph, layers, still), Simulator(graph).run(inputs)["y"]
    year = 31536000.0
    plain = Chip(layers, still.model_copy(update={"compensation": False}), 0).at(year)
    states = Chip(layers, still, 0).at(year)
    assert all(1.8 < state.factor < 3.0 for tiles in states.values() for state in tiles)  # (year / 20 s)^0.049 is 2.01
    errors = [float(np.abs(crossbars.run(inputs, s, False)["y"] - wanted).mean()) for s in (states, plain)]
    assert errors[0] < 0.4 * errors[1]


def test_depthwise_stays_digital_unless_asked() -> None:
    graph = network()
    assert [layer.name for layer in mapping.layers(graph, Options())] == ["a", "c", "y"]
    asked = Options(depthwise="crossbar", digital=("y",))
    layers = mapping.layers(graph, asked)
    assert [layer.name for layer in layers] == ["a", "b", "c"]
    (block,) = layers[1].tiles
    assert block.positive.shape == (72, 16) and block.weights == 144  # each channel's window on nine rows of its own
    assert ((block.positive + block.negative) > 0).sum() == 144
    small = TARGET.with_options({"depthwise": "crossbar", "tile_rows": 8})
    (found,) = backend.check(graph, small)
    assert found.layer == "b" and "9 inputs and 2 outputs" in found.found and "one tile" in found.rule


def test_artifact(tmp_path: Path) -> None:
    graph = small_int8()
    inputs = random_inputs(graph, 3)
    labels = Samples({"x": inputs["x"]}, {"x": inputs["x"].astype(np.float32)}, np.array([0, 1, 2]), 200)
    chosen = TARGET.with_options({"chips": 3, "times": [1.0, 86400.0]})
    made = backend.compile(graph, chosen, tmp_path / "a", data=labels)
    again = backend.compile(graph, chosen, tmp_path / "b", data=labels)
    names = {p.name for p in (tmp_path / "a").iterdir()}
    assert names == set(made.files) == {"model.tflite", "network.tflite", "conductances.npz", "tiles.json"}
    assert all((tmp_path / "a" / n).read_bytes() == (tmp_path / "b" / n).read_bytes() for n in names)
    assert again == made and any("NOT RUN" in note for note in made.notes)
    facts = made.facts["analog"]
    assert facts["tiles"] == 1 and facts["devices"] == 2 * 8 * 27 and facts["macs_on_crossbars"] == 1.0
    assert facts["utilization"] == pytest.approx(216 / 65536)
    rows = facts["accuracy"]["times"]
    assert [row["seconds"] for row in rows] == [1.0, 86400.0] and facts["accuracy"]["chips"] == 3
    assert all(row["lowest"] <= row["mean"] <= row["highest"] and row["deviation"] >= 0 for row in rows)
    proof = backend.verify(tmp_path / "a", inputs)
    assert proof.holds and [layer.op for layer in proof.layers] == ["conv_2d"] and proof.whole[0].largest > 0
    done = backend.run(tmp_path / "a", inputs)
    assert not done.on_target and "NOT RUN" in done.note and done.outputs["z"].shape == (3, 200)
    with pytest.raises(UnsupportedError, match="NOT RUN"):
        backend.bench(tmp_path / "a")


def test_other_conductances_fail(tmp_path: Path) -> None:
    graph = small_int8()
    backend.compile(graph, TARGET, tmp_path)
    held = load_arrays(tmp_path / artifact.MAP)
    save_arrays(tmp_path / artifact.MAP, held | {"000_000_positive": held["000_000_positive"] * 0.999})
    assert not backend.verify(tmp_path, random_inputs(graph, 1)).holds
    bad: list[dict[str, Any]] = [
        {"000_000_positive": held["000_000_positive"] * 2}, {"000_000_negative": -held["000_000_positive"]},
        {"000_000_positive": held["000_000_positive"][:3]},
    ]  # fmt: skip
    for change in bad:
        save_arrays(tmp_path / artifact.MAP, held | change)
        with pytest.raises(InputError, match=r"exceed g_max|do not fit"):
            backend.run(tmp_path, random_inputs(graph, 1))
    about = json.loads((tmp_path / artifact.TILES).read_text())
    about["layers"][0]["layer"] = "nobody"
    save_arrays(tmp_path / artifact.MAP, held)
    (tmp_path / artifact.TILES).write_text(json.dumps(about))
    with pytest.raises(InputError, match="'nobody'"):
        backend.run(tmp_path, random_inputs(graph, 1))


def test_mistakes_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"adc_bit.*known keys: .*adc_bits"):
        backend.check(small_int8(), TARGET.with_options({"adc_bit": 8}))
    with pytest.raises(UnsupportedError, match="no layer 'conv9'"):
        backend.compile(small_int8(), TARGET.with_options({"digital": ["conv9"]}), tmp_path)
    with pytest.raises(UnsupportedError, match="no layer for a crossbar"):
        backend.compile(one_node(Reshape((1, 4)), [(1, 2, 2)]), TARGET, tmp_path)
    computed = one_node(FullyConnected(), [(1, 4), (2, 4)], dtype="float32")
    assert [r.rule[:22] for r in backend.check(computed, TARGET)] == ["Weights must be consta"]
    with pytest.raises(InputError, match="no whole build"):
        backend.run(tmp_path / "nowhere", {})


def test_nothing_is_scored_without_labels() -> None:
    options = Options()
    graph, layers, _ = prepared(options)
    found = accuracy.measure(graph, layers, Samples(), options)
    assert found["status"] == "NOT RUN" and "NOT RUN" in accuracy.sentence(found)
