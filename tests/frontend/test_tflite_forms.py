"""Forms of operators that other writers use and ours does not: read as the runtime runs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from edgekit.errors import InputError, UnsupportedError
from edgekit.frontend.tflite import codec, read, write
from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.pad import Pad
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.split import Split
from edgekit.graph.ops.strided_slice import StridedSlice
from edgekit.reference import Simulator
from edgekit.runtimes.litert_reference import Session

ANY_VERSION = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"  # BUILTIN_REF has no kernel for the newest masks; no arithmetic here
INT8 = Quantization.per_tensor(0.5, 3)


def encode(
    monkeypatch: pytest.MonkeyPatch, name: str, encoded: codec.Encoded, version: int, dims: Sequence[int],
    shapes: Sequence[Sequence[int]],
) -> bytes:  # fmt: skip
    """A file with one operator from x (of shape `dims`) to y0, y1, ... stored as `encoded`."""
    graph = Graph("form", inputs=["x"], outputs=[f"y{i}" for i in range(len(shapes))])
    graph.add(Tensor("x", tuple(dims), "int8", INT8))
    for output, shape in zip(graph.outputs, shapes, strict=True):
        graph.add(Tensor(output, tuple(shape), "int8", INT8))

    class Form(Operator):
        pass

    Form.name = name
    graph.nodes = [Node(Form(), ("x",), tuple(graph.outputs))]
    entry = codec.readers()[encoded.builtin] if encoded.builtin else codec.writers()[name]
    with monkeypatch.context() as patch:
        patch.setattr(codec.writers()[name], "write", lambda *_: encoded)
        patch.setattr(entry, "version", lambda *_: version, raising=False)
        return write(graph)


def check(monkeypatch: pytest.MonkeyPatch, name: str, encoded: codec.Encoded, version: int, dims: Sequence[int],
          outputs: int = 1, guess: Sequence[int] = (1,)) -> Operator | None:  # fmt: skip
    """What we read computes what LiteRT computes; None where the result is empty, which no graph of ours holds."""
    x = np.random.default_rng(0).integers(-128, 128, tuple(dims)).astype(np.int8)
    data = encode(monkeypatch, name, encoded, version, dims, [guess] * outputs)
    expected = Session(data, ANY_VERSION).run({"x": x})
    if any(array.size == 0 for array in expected.values()):
        return None
    data = encode(monkeypatch, name, encoded, version, dims, [a.shape for a in expected.values()])
    graph = read(data)
    found = Simulator(graph).run({"x": x})
    for key, array in expected.items():
        assert np.array_equal(found[key], array), (encoded, graph.nodes)
    assert read(write(graph)).fingerprint() == graph.fingerprint()
    return graph.nodes[0].op


def int32(*values: Any) -> np.ndarray[Any, Any]:
    return np.array(values, np.int32)


def test_masks_offsets_and_negative_indices_of_strided_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, seen = np.random.default_rng(1), 0
    for _ in range(250):
        dims = rng.integers(1, 7, rng.integers(1, 5))
        count = int(rng.integers(1, len(dims) + 1))
        begin = [int(rng.integers(-d, d)) for d in dims[:count]]
        end = [int(rng.integers(-d - 1, d + 3)) for d in dims[:count]]
        strides = [int(rng.choice([-3, -2, -1, 1, 1, 2])) for _ in range(count)]
        options = {key: int(rng.integers(0, 1 << count)) for key in ("beginMask", "endMask")}
        shrink = int(rng.integers(0, 1 << count)) if rng.random() < 0.5 else 0
        ellipsis = int(rng.integers(0, count)) if rng.random() < 0.3 else None
        if ellipsis is not None:
            options["ellipsisMask"] = 1 << ellipsis
            left = len(dims) - count  # indices behind the ellipsis belong to later axes
            for i in range(ellipsis + 1, count):
                begin[i] = int(rng.integers(-dims[i + left], dims[i + left]))
            shrink &= ~(1 << ellipsis)
            strides[ellipsis] = 1
        for i in range(count):
            if shrink >> i & 1:
                strides[i] = 1
        options["shrinkAxisMask"] = shrink
        if count == len(dims) and rng.random() < 0.3:  # beside offsets, LiteRT minds no masks, and crashes
            options = {"offset": True, "shrinkAxisMask": shrink}
            first = begin = [int(b % d) for b, d in zip(begin, dims, strict=False)]
            end = [int(rng.integers(1, d - f + 1)) for d, f in zip(dims, first, strict=False)]
            strides = [abs(s) for s in strides]
        encoded = codec.Encoded(options, [0, int32(*begin), int32(*end), int32(*strides)])
        op = check(monkeypatch, "strided_slice", encoded, 8, dims.tolist())
        seen += isinstance(op, StridedSlice)
    assert seen > 80


def test_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = codec.Encoded({}, [0, int32(0, 2, 1), int32(1, -1, 3)], builtin="SLICE")
    op = check(monkeypatch, "strided_slice", encoded, 2, (1, 5, 6), guess=(1, 3, 3))
    assert op == StridedSlice((0, 2, 1), (1, 5, 4), (1, 1, 1))


def test_squeezes_and_added_axes(monkeypatch: pytest.MonkeyPatch) -> None:
    some = codec.Encoded({"squeezeDims": [-2]}, [0], builtin="SQUEEZE")
    assert check(monkeypatch, "reshape", some, 1, (1, 4, 1, 6)) == Reshape((1, 4, 6))
    every = codec.Encoded({}, [0], builtin="SQUEEZE")
    assert check(monkeypatch, "reshape", every, 1, (1, 4, 1, 6)) == Reshape((4, 6))
    for axis, shape in ((0, (1, 4, 6)), (-1, (4, 6, 1)), (1, (4, 1, 6))):
        added = codec.Encoded({}, [0, int32(axis)], builtin="EXPAND_DIMS")
        assert check(monkeypatch, "reshape", added, 1, (4, 6)) == Reshape(shape)


def test_negative_axes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(monkeypatch, "concatenation", codec.Encoded({"axis": -1}), 2, (2, 3)) == Concatenation(1)
    split = codec.Encoded({"numSplits": 2}, [np.array(-1, np.int32), 0])
    assert check(monkeypatch, "split", split, 2, (2, 6), outputs=2) == Split(1, (3, 3))
    rest = codec.Encoded({"numSplits": 3}, [0, int32(1, -1, 2), np.array(-2, np.int32)], builtin="SPLIT_V")
    assert check(monkeypatch, "split", rest, 2, (6, 2), outputs=3) == Split(0, (1, 3, 2))


def test_padding_values(monkeypatch: pytest.MonkeyPatch) -> None:
    border = Tensor.constant("", np.array(7, np.int8), INT8)
    widths = np.array([[0, 0], [1, 2]], np.int64)
    encoded = codec.Encoded({}, [0, widths, border], builtin="PADV2")
    assert check(monkeypatch, "pad", encoded, 2, (2, 6)) == Pad(((0, 0), (1, 2)), 2.0)


@pytest.mark.parametrize(
    ("name", "encoded", "error", "words"),
    [
        ("concatenation", codec.Encoded({"axis": 1, "fusedActivationFunction": 1}), UnsupportedError, "fused"),
        ("concatenation", codec.Encoded({"axis": 5}), InputError, "axis 5"),
        ("strided_slice", codec.Encoded({"newAxisMask": 1}, [0, int32(0), int32(1), int32(1)]), UnsupportedError,
         "new"),
        ("strided_slice", codec.Encoded({}, [0, int32(0), int32(1), int32(0)]), InputError, "not 0"),
        ("strided_slice", codec.Encoded({"offset": True, "endMask": 1}, [0, int32(0), int32(1), int32(1)]),
         UnsupportedError, "offset"),
        ("strided_slice", codec.Encoded({"offset": True}, [0, int32(1), int32(2), int32(1)]), InputError, "beyond"),
        ("strided_slice", codec.Encoded({"shrinkAxisMask": 2}, [0, int32(0, 9), int32(0, 9), int32(1, 1)]), InputError,
         "index 9"),
        ("transpose", codec.Encoded({}, [0, int32(0, 0)]), InputError, "permutation"),
        ("transpose", codec.Encoded({}, [0, 0]), UnsupportedError, "constant"),
        ("split", codec.Encoded({"numSplits": 4}, [np.array(1, np.int32), 0]), InputError, "equal parts"),
        ("pad", codec.Encoded({}, [0, int32(1, 1, 1)]), InputError, "pairs"),
        ("pad", codec.Encoded({}, [0, np.array([[-1, 2], [0, 0]], np.int32)]), InputError, "negative"),
    ],
)  # fmt: skip
def test_refused_forms(
    name: str, encoded: codec.Encoded, error: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encode(monkeypatch, name, encoded, 1, (2, 6), [(2, 6)])
    with pytest.raises(error, match=words) as caught:
        read(data)
    assert "y0" in str(caught.value)
