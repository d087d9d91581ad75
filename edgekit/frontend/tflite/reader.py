"""Read a `.tflite` into a `Graph`. The file is not trusted: every length is checked before it is used.

Offsets may overlap, so that a small file can name the same large thing a million times. All vectors together may
therefore have no more entries than a file of this size needs, and constants no more bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import EdgekitError, InputError, UnsupportedError
from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.hybrid import float_weights
from edgekit.graph import Graph, Node, Quantization, ShapeError, Tensor
from edgekit.graph.graph import MAX_ELEMENTS, MAX_RANK

MAX_BYTES = 1 << 30
MAX_OPERATORS, MAX_TENSORS, MAX_METADATA, MAX_TEXT = 1 << 13, 1 << 14, 1 << 10, 1 << 12
DTYPE_OF_CODE = {0: "float32", 2: "int32", 3: "uint8", 4: "int64", 6: "bool", 7: "int16", 9: "int8"}
ARITHMETIC_KEY = "edgekit.arithmetic"
TENSOR_NAME, METADATA_NAME, CUSTOM_CODE = 10, 4, 6  # slots of string fields in the schema's vtables
EMPTY_TABLE = bytes((4, 0, 4, 0, 4, 0, 0, 0))  # a flatbuffer table at offset 4 whose every field has its default
DAMAGE = (struct.error, IndexError, ValueError, TypeError, OverflowError, KeyError, AttributeError)
"""What flatbuffers' accessors raise on damaged offsets and lengths, and NumPy on what they then return."""


def load(path: Path) -> Graph:
    """Read a file. Raises InputError or UnsupportedError as `read` does."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(str(path), f"has {size} bytes, more than the {MAX_BYTES} that are read")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror}") from error
    return read(data, path.name)


def read(data: bytes, name: str = "model") -> Graph:
    """The graph in a `.tflite`'s bytes, validated.

    Raises:
        InputError: the file is truncated, damaged, hostile or breaks a rule of the IR.
        UnsupportedError: it is well formed but uses an operator, type or feature that edgekit lacks.
    """
    try:
        graph = _Reader(data, name).graph()
        graph.validate()
    except EdgekitError:
        raise
    except DAMAGE as error:
        raise InputError(name, f"is not a valid .tflite file: {error}", "is it complete?") from error
    return graph


class _Reader:
    def __init__(self, data: bytes, name: str) -> None:
        from ai_edge_litert import schema_py_generated as schema

        if len(data) < 16 or data[4:8] != b"TFL3":
            raise InputError(name, f"does not start as a .tflite does ({len(data)} bytes, no TFL3 mark)")
        self.schema, self.data, self.name = schema, data, name
        self.model = schema.Model.GetRootAs(data, 0)
        self.entries = len(data) // 2 + (1 << 16)  # left for vectors; a real file has at most one per 4 bytes
        self.bytes = 4 * len(data)  # left for constants; converters store equal ones once

    def graph(self) -> Graph:
        count = self.length(self.model.SubgraphsLength(), "subgraphs")
        if count != 1:
            raise UnsupportedError(
                self.name, f"has {count} subgraphs, edgekit reads one", "control flow is not supported"
            )
        sub = self.model.Subgraphs(0)
        self.length(self.model.BuffersLength(), "buffers")
        operators = [sub.Operators(i) for i in range(self.length(sub.OperatorsLength(), "operators", MAX_OPERATORS))]
        builtins = [self.builtin(raw, sub, index) for index, raw in enumerate(operators)]
        tensors = self.tensors(sub)
        graph = Graph(self.name.removesuffix(".tflite"), arithmetic=self.arithmetic())
        for tensor in tensors:
            graph.add(tensor)
        graph.inputs = [tensors[i].name for i in self.indices(sub.InputsAsNumpy(), len(tensors))]
        graph.outputs = [tensors[i].name for i in self.indices(sub.OutputsAsNumpy(), len(tensors))]
        for index, (raw, builtin) in enumerate(zip(operators, builtins, strict=True)):
            graph.nodes.append(self.node(raw, builtin, tensors, index))
        float_weights(graph)
        used = {n for node in graph.nodes for n in (*node.inputs, *node.outputs)} | {*graph.inputs, *graph.outputs}
        graph.tensors = {n: t for n, t in graph.tensors.items() if n in used}
        return graph

    def length(self, count: int, what: str, most: int = 1 << 20) -> int:
        """The length of a vector, taken off what is left for all of them."""
        self.entries -= max(count, 0)
        if not 0 <= count <= most or self.entries < 0:
            raise InputError(self.name, f"claims {count} {what}, more than the file can hold", "is it complete?")
        return count

    def text(self, table: Any, slot: int) -> str:
        """A string field; `slot` is its place in the vtable. Control characters never reach the terminal."""
        offset = table._tab.Offset(slot)
        if not offset:
            return ""
        if not 0 <= table._tab.VectorLen(offset) <= MAX_TEXT:
            raise InputError(self.name, f"has a name of {table._tab.VectorLen(offset)} bytes", "is it complete?")
        text: str = table._tab.String(offset + table._tab.Pos).decode("utf-8", "replace")
        return "".join(c if c.isprintable() else "?" for c in text)

    def indices(self, array: Any, count: int) -> list[int]:
        if isinstance(array, int):  # the accessor's way of saying that the vector is absent
            return []
        self.length(len(array), "indices")
        if ((array < 0) | (array >= count)).any():
            raise InputError(self.name, f"refers to a tensor outside 0..{count - 1}")
        return [int(i) for i in array]

    def arithmetic(self) -> str:
        for index in range(self.length(self.model.MetadataLength(), "metadata entries", MAX_METADATA)):
            entry = self.model.Metadata(index)
            if self.text(entry, METADATA_NAME) == ARITHMETIC_KEY:
                return self.buffer(entry.Buffer())[:64].tobytes().decode("ascii")
        return "tflm"

    def buffer(self, index: int) -> NDArray[np.uint8]:
        if not 0 <= index < self.model.BuffersLength():
            raise InputError(self.name, f"refers to buffer {index} of {self.model.BuffersLength()}")
        buffer = self.model.Buffers(index)
        if buffer.Offset() > 1:
            raise UnsupportedError(self.name, "keeps buffers outside the flatbuffer")
        size = buffer.DataLength()
        if size > len(self.data):
            raise InputError(self.name, f"buffer {index} claims {size} bytes, more than the file has")
        array: NDArray[np.uint8] = np.empty(0, np.uint8) if size == 0 else buffer.DataAsNumpy()
        return array

    def tensors(self, sub: Any) -> list[Tensor]:
        found: list[Tensor] = []
        names: dict[str, int] = {}
        for index in range(self.length(sub.TensorsLength(), "tensors", MAX_TENSORS)):
            raw = sub.Tensors(index)
            stem = name = self.text(raw, TENSOR_NAME)[:256] or f"tensor_{index}"
            while name in names:
                name, names[stem] = f"{stem}_{names[stem]}", names[stem] + 1
            names[name] = 1
            found.append(self.tensor(raw, name))
        return found

    def tensor(self, raw: Any, name: str) -> Tensor:
        where = f"{self.name}: tensor {name}"
        dtype = DTYPE_OF_CODE.get(raw.Type())
        if dtype is None:
            raise UnsupportedError(where, f"has the unsupported type code {raw.Type()}")
        if raw.IsVariable() or raw.Sparsity() is not None:
            raise UnsupportedError(where, "is a variable or sparse tensor", "export without state and sparsity")
        rank = raw.ShapeLength()
        if not 0 <= rank <= MAX_RANK:
            raise UnsupportedError(where, f"has {rank} dimensions, edgekit takes {MAX_RANK}")
        shape = tuple(int(raw.Shape(i)) for i in range(rank))
        elements = 1
        for size in shape:
            elements *= max(size, 0)
        if any(s < 1 for s in shape) or elements > MAX_ELEMENTS:
            raise InputError(where, f"needs static positive dimensions and at most 2^28 elements, found {shape}")
        quantization = self.quantization(raw.Quantization(), shape, dtype, where)
        bytes_ = self.buffer(raw.Buffer())
        if bytes_.size == 0:
            return Tensor(name, shape, dtype, quantization)
        expected = elements * np.dtype(dtype).itemsize
        if bytes_.size != expected:
            raise InputError(where, f"{shape} of {dtype} needs {expected} bytes, its buffer has {bytes_.size}")
        self.bytes -= expected
        if self.bytes < 0:
            raise InputError(where, "its buffer is used by more tensors than a real model has", "is the file damaged?")
        return Tensor.constant(name, np.frombuffer(bytes_.tobytes(), dtype).reshape(shape), quantization)

    def quantization(self, raw: Any, shape: tuple[int, ...], dtype: str, where: str) -> Quantization | None:
        if raw is None or raw.ScaleLength() == 0:
            return None
        if raw.DetailsType() != 0:
            raise UnsupportedError(where, "has a custom or blockwise quantization")
        count = raw.ScaleLength()
        if count != 1 and count not in shape:
            raise InputError(where, f"has {count} scales, which fit no axis of {shape}")
        if raw.ZeroPointLength() not in (0, count):
            raise InputError(where, f"has {count} scales but {raw.ZeroPointLength()} zero points")
        self.length(count, "scales")
        scale = raw.ScaleAsNumpy().astype(np.float32)
        zero_point = raw.ZeroPointAsNumpy().astype(np.int64) if raw.ZeroPointLength() else np.zeros(count, np.int64)
        if dtype == "float32":
            return None  # a leftover of a converter: the values are real already
        if count == 1:
            return Quantization(scale, zero_point)
        axis = raw.QuantizedDimension() if len(shape) > 1 else 0  # biases of some converters carry the weights' axis
        if not 0 <= axis < len(shape) or shape[axis] != count:
            raise InputError(where, f"has {count} scales along axis {axis} of {shape}")
        return Quantization(scale, zero_point, axis)

    def node(self, raw: Any, builtin: str, tensors: list[Tensor], index: int) -> Node:
        outputs = [tensors[i] for i in self.indices(raw.OutputsAsNumpy(), len(tensors))]
        where = f"{self.name}: layer {outputs[0].name if outputs else index} ({builtin})"
        if not outputs:
            raise InputError(where, "has no output")
        entry = codec.readers()[builtin]
        given = raw.InputsAsNumpy()
        numbers = [] if isinstance(given, int) else [int(i) for i in given[: self.length(len(given), "inputs")]]
        if any(i < -1 or i >= len(tensors) for i in numbers):
            raise InputError(where, f"reads a tensor outside 0..{len(tensors) - 1}")
        inputs: Sequence[Tensor | None] = [None if i == -1 else tensors[i] for i in numbers]
        if any(t is not None and t.is_constant and t.dtype == "uint8" and t.quantization is not None for t in inputs):
            raise UnsupportedError(
                where, "has asymmetric uint8 weights, older than the int8 specification",
                "quantize the float model with `edgekit quantize`",
            )  # fmt: skip
        try:
            decoded = entry.read(self.options(raw, entry.OPTIONS), inputs)
        except codec.Unsupported as error:
            raise UnsupportedError(where, str(error)) from error
        except ShapeError as error:
            raise InputError(where, str(error)) from error
        except DAMAGE as error:
            raise InputError(where, f"its inputs or options are damaged: {error}", "is the file complete?") from error
        kept = [inputs[i] for i in decoded.inputs]
        while kept and kept[-1] is None:  # absent trailing inputs are the same as none
            kept.pop()
        return Node(decoded.op, tuple(None if t is None else t.name for t in kept), tuple(t.name for t in outputs))

    def builtin(self, raw: Any, sub: Any, index: int) -> str:
        """The name of an operator's builtin. Raises UnsupportedError, naming the layer, where there is no codec."""
        code, count = raw.OpcodeIndex(), self.model.OperatorCodesLength()
        if not 0 <= code < count:
            raise InputError(self.name, f"refers to operator code {code} of {count}")
        entry = self.model.OperatorCodes(code)
        number = max(entry.BuiltinCode(), entry.DeprecatedBuiltinCode())
        name = builtin_names().get(number, f"code {number}")
        if name in codec.readers():
            return name
        layer = f"number {index}"
        if raw.OutputsLength() > 0 and 0 <= raw.Outputs(0) < sub.TensorsLength():
            layer = self.text(sub.Tensors(raw.Outputs(0)), TENSOR_NAME) or layer
        if name == "CUSTOM":
            name = f"custom operator {self.text(entry, CUSTOM_CODE) or '?'}"
        fix = {
            "custom operator edgetpu-custom-op": "this model is already compiled for the Edge TPU: load its source"
        }.get(name, "`edgekit targets --operators` lists what is supported; replace the layer and export again")
        raise UnsupportedError(f"{self.name}: layer {layer} ({name})", "this operator is not supported", fix)

    def options(self, raw: Any, table: str | None) -> Any:
        if table is None:
            return None
        accessor = getattr(self.schema, table)()
        union = raw.BuiltinOptions()
        if union is None:
            accessor.Init(EMPTY_TABLE, 4)
            return accessor
        code = getattr(self.schema.BuiltinOptions, table)
        if raw.BuiltinOptionsType() != code:
            raise InputError(self.name, f"an operator's options are of type {raw.BuiltinOptionsType()}, not {table}")
        accessor.Init(union.Bytes, union.Pos)
        return accessor


@cache
def builtin_names() -> dict[int, str]:
    """BuiltinOperator code -> name."""
    from ai_edge_litert import schema_py_generated as schema

    return {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}
