"""`.tflite` files made to hurt: each is refused with one clear error, quickly and in little memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edgekit.errors import EdgekitError, InputError
from edgekit.frontend.tflite import read, write
from tests.frontend.test_tflite import small_graph

MEGABYTE = 1 << 20


class Once:
    """A table that is stored once however often it is packed: many offsets to one place."""

    def __init__(self, table: Any) -> None:
        self.table, self.offset = table, None

    def Pack(self, builder: Any) -> Any:
        self.offset = self.table.Pack(builder) if self.offset is None else self.offset
        return self.offset


def changed(change: Callable[[Any, Any], None]) -> bytes:
    """The small model with `change(model, subgraph)` done to its tables."""
    data = write(small_graph())
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    change(model, model.subgraphs[0])
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def tensor(sub: Any, name: str) -> Any:
    return next(t for t in sub.tensors if t.name == name.encode())


def repeat_operators(model: Any, sub: Any) -> None:
    sub.operators = [Once(sub.operators[0])] * (1 << 17)


def repeat_tensors(model: Any, sub: Any) -> None:
    sub.tensors = [Once(sub.tensors[0])] * (1 << 17)


def repeat_constants(model: Any, sub: Any) -> None:
    big = Once(tensor(sub, "w"))
    big.table.shape, big.table.quantization = [MEGABYTE], None
    model.buffers[big.table.buffer].data = np.zeros(MEGABYTE, np.uint8)
    sub.tensors += [big] * 10_000


def repeat_inputs(model: Any, sub: Any) -> None:
    sub.operators[0].inputs = [0] * (1 << 15)
    sub.operators += [Once(sub.operators[0])] * 8000


def repeat_metadata(model: Any, sub: Any) -> None:
    model.metadata[0].name = "x" * MEGABYTE
    model.metadata = [Once(model.metadata[0])] * 1000


def repeat_names(model: Any, sub: Any) -> None:
    sub.tensors[0].name = "x" * MEGABYTE
    sub.tensors += [Once(sub.tensors[0])] * 10_000


def repeat_scales(model: Any, sub: Any) -> None:
    w = tensor(sub, "w")
    w.shape, w.buffer = [MEGABYTE], 0
    w.quantization.scale, w.quantization.zeroPoint = np.ones(MEGABYTE, np.float32), None
    sub.tensors += [Once(w)] * 10_000


def giant_shape(model: Any, sub: Any) -> None:
    tensor(sub, "y").shape = [1, 1 << 30, 1 << 30, 8]


def giant_rank(model: Any, sub: Any) -> None:
    tensor(sub, "y").shape = [1] * 100_000


def zero_shape(model: Any, sub: Any) -> None:
    tensor(sub, "y").shape = [1, 0, 5, 8]


def loop(model: Any, sub: Any) -> None:
    sub.operators.reverse()


def own_output(model: Any, sub: Any) -> None:
    sub.operators[0].inputs = [int(sub.operators[0].outputs[0]), *sub.operators[0].inputs[1:]]


def written_twice(model: Any, sub: Any) -> None:
    sub.operators.append(sub.operators[0])


def writes_constant(model: Any, sub: Any) -> None:
    sub.operators[0].outputs = [sub.operators[0].inputs[1]]


def foreign_tensor(model: Any, sub: Any) -> None:
    sub.operators[0].inputs = [1 << 20]


def foreign_buffer(model: Any, sub: Any) -> None:
    tensor(sub, "w").buffer = 1 << 20


def foreign_code(model: Any, sub: Any) -> None:
    sub.operators[0].opcodeIndex = 77


def unknown_type(model: Any, sub: Any) -> None:
    tensor(sub, "w").type = 99


def short_buffer(model: Any, sub: Any) -> None:
    tensor(sub, "w").shape = [8, 3, 3, 4]


def zero_scale(model: Any, sub: Any) -> None:
    tensor(sub, "y").quantization.scale = [0.0]


def not_a_number(model: Any, sub: Any) -> None:
    tensor(sub, "y").quantization.scale = [float("nan")]


def foreign_zero_point(model: Any, sub: Any) -> None:
    tensor(sub, "y").quantization.zeroPoint = [1 << 40]


def many_scales(model: Any, sub: Any) -> None:
    tensor(sub, "y").quantization.scale = [0.1] * 7


def nan_weights(model: Any, sub: Any) -> None:
    b = tensor(sub, "b")
    b.type, model.buffers[b.buffer].data = 0, np.full(8, np.nan, np.float32).view(np.uint8)


def huge_dilation(model: Any, sub: Any) -> None:
    sub.operators[0].builtinOptions.dilationHFactor = (1 << 31) - 1


def two_subgraphs(model: Any, sub: Any) -> None:
    model.subgraphs.append(sub)


HOSTILE = [
    repeat_operators, repeat_tensors, repeat_constants, repeat_inputs, repeat_metadata, repeat_names, repeat_scales,
    giant_shape, giant_rank, zero_shape, loop, own_output, written_twice, writes_constant, foreign_tensor,
    foreign_buffer, foreign_code, unknown_type, short_buffer, zero_scale, not_a_number, foreign_zero_point,
    many_scales, nan_weights, huge_dilation, two_subgraphs,
]  # fmt: skip


@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: change.__name__)
def test_hostile_files(change: Callable[[Any, Any], None]) -> None:
    data = changed(change)
    tracemalloc.start()
    with pytest.raises(EdgekitError) as caught:
        read(data, "hostile.tflite")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.where.startswith("hostile") and len(str(caught.value)) < 1000
    assert peak < 60 * MEGABYTE, f"{peak} bytes for a file of {len(data)}"


def test_control_characters_of_names_never_reach_a_message() -> None:
    def change(model: Any, sub: Any) -> None:
        tensor(sub, "y").name = "\x1b[2J\x07bad\n"
        sub.operators[0].inputs = [1 << 20]

    with pytest.raises(InputError) as caught:
        read(changed(change))
    assert str(caught.value).isprintable() and "[2J" in str(caught.value)


def test_every_truncation_is_an_error() -> None:
    data = write(small_graph())
    for size in range(0, len(data) - 40, 7):
        with pytest.raises(EdgekitError):
            read(data[:size])
