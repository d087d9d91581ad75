"""Costs of hand-made graphs, counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edgekit.analysis import analyze, as_json, live_bytes, load_any, stored_bytes
from edgekit.frontend.tflite import save
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.conv_2d import Conv2D
from tests.cli.conftest import small_graph

Q = Quantization.per_tensor(0.1, 0)


def diamond() -> Graph:
    """x (100 B) -> a (100 B) -> b (100 B); c = x + b; d = c + c: x stays alive over a and b."""
    graph = Graph("diamond")
    for name in "xabcd":
        graph.add(Tensor(name, (1, 10, 10, 1), "int8", Q))
    graph.add(Tensor.constant("w", np.ones((1, 1, 1, 1), np.int8), Quantization.per_channel(np.array([1.0]), 0)))
    graph.nodes = [
        Node(Conv2D(), ("x", "w", None), ("a",)),
        Node(Conv2D(), ("a", "w", None), ("b",)),
        Node(Add(), ("x", "b"), ("c",)),
        Node(Add(), ("c", "c"), ("d",)),
    ]
    graph.inputs, graph.outputs = ["x"], ["d"]
    graph.validate()
    return graph


def test_live_bytes_of_a_diamond() -> None:
    assert live_bytes(diamond()) == [200, 300, 300, 200]


def test_outputs_live_to_the_end_and_unused_inputs_do_not() -> None:
    graph = diamond()
    graph.outputs = ["d", "a"]
    assert live_bytes(graph) == [200, 300, 400, 300]
    graph.add(Tensor("unused", (1, 50), "int8", Q))
    graph.inputs.append("unused")
    assert live_bytes(graph) == [250, 300, 400, 300]


def test_float_tensors_count_as_int8_and_biases_as_int32() -> None:
    assert stored_bytes(Tensor("x", (1, 4, 4, 3), "float32")) == 48
    assert stored_bytes(Tensor.constant("w", np.zeros((8, 3, 3, 3), np.float32))) == 216
    assert stored_bytes(Tensor.constant("b", np.zeros(8, np.float32))) == 32
    assert stored_bytes(Tensor.constant("b", np.zeros(8, np.int32))) == 32
    assert stored_bytes(Tensor("x", (1, 8), "int16")) == 16


def test_a_whole_model() -> None:
    import edgekit

    found = edgekit.analyze(small_graph())
    # 3 * 3 outputs * 4 channels * (3 * 3 * 2) products; 72 weights of one byte, 4 biases of four
    assert (found.macs, found.parameters, found.flash_bytes) == (648, 76, 88)
    assert (found.peak_ram_bytes, found.peak_layer) == (72 + 36, "features")
    assert [(x.op, x.shape, x.macs, x.parameters, x.constant_bytes, x.live_bytes) for x in found.layers] == [
        ("conv_2d", (1, 3, 3, 4), 648, 76, 88, 108),
        ("reshape", (1, 36), 0, 0, 0, 72),
    ]
    assert found.quantized and found.inputs == (("image", (1, 6, 6, 2), "int8"),)
    assert as_json(found)["outputs"] == [{"name": "flat", "shape": [1, 36], "dtype": "int8"}]


def test_shared_constants_count_once() -> None:
    import edgekit

    found = edgekit.analyze(diamond())
    assert (found.parameters, found.flash_bytes) == (1, 1)
    assert [x.parameters for x in found.layers] == [1, 0, 0, 0]


def test_graphs_pass_unchanged() -> None:
    graph = diamond()
    assert load_any(graph) is graph


def test_options_of_a_recipe_count(tmp_path: Path) -> None:
    save(small_graph(), tmp_path / "m.tflite")
    text = f"[model]\nsource = '{tmp_path / 'm.tflite'}'\n[target.qemu-m4]\nram_limit = 1\n"
    (tmp_path / "r.toml").write_text(text)
    found = analyze(tmp_path / "r.toml", ["qemu-m4", "qemu-m55"])
    (rejection,) = found.rejections["qemu-m4"]
    assert rejection.op == "ram_limit" and rejection.found.endswith("the limit is 1")
    assert found.rejections["qemu-m55"] == ()
    assert [need.memory for need in found.memory["qemu-m4"]] == ["flash"]  # of stripes, no bound is known
    assert [need.memory for need in found.memory["qemu-m55"]] == ["flash", "ram"]
