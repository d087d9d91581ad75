"""Read a `.tflite` into a `Graph`. The file is not trusted: every length is checked before it is used."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import EdgekitError, InputError, UnsupportedError
from edgekit.frontend.tflite import codec
from edgekit.graph import Graph, Node, Quantization, ShapeError, Tensor
from edgekit.graph.graph import MAX_ELEMENTS, MAX_RANK

MAX_BYTES = 1 << 30
DTYPE_OF_CODE = {0: "float32", 2: "int32", 3: "uint8", 4: "int64", 6: "bool", 7: "int16", 9: "int8"}
ARITHMETIC_KEY = "edgekit.arithmetic"
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
        self.limit = len(data) // 4 + 1  # no vector of offsets is longer than the file holds

    def graph(self) -> Graph:
        count = self.length(self.model.SubgraphsLength(), "subgraphs")
        if count != 1:
            raise UnsupportedError(
                self.name, f"has {count} subgraphs, edgekit reads one", "control flow is not supported"
            )
        sub = self.model.Subgraphs(0)
        self.length(self.model.BuffersLength(), "buffers")
        tensors = self.tensors(sub)
        graph = Graph(self.name.removesuffix(".tflite"), arithmetic=self.arithmetic())
        for tensor in tensors:
            graph.add(tensor)
        graph.inputs = [tensors[i].name for i in self.indices(sub.InputsAsNumpy(), len(tensors))]
        graph.outputs = [tensors[i].name for i in self.indices(sub.OutputsAsNumpy(), len(tensors))]
        for index in range(self.length(sub.OperatorsLength(), "operators")):
            graph.nodes.append(self.node(sub.Operators(index), tensors, index))
        used = {n for node in graph.nodes for n in (*node.inputs, *node.outputs)} | {*graph.inputs, *graph.outputs}
        graph.tensors = {n: t for n, t in graph.tensors.items() if n in used}
        return graph

    def length(self, count: int, what: str) -> int:
        if not 0 <= count <= self.limit:
            raise InputError(self.name, f"claims {count} {what}, more than the file can hold", "is it complete?")
        return count

    def indices(self, array: Any, count: int) -> list[int]:
        if isinstance(array, int):  # the accessor's way of saying that the vector is absent
            return []
        self.length(len(array), "indices")
        if ((array < 0) | (array >= count)).any():
            raise InputError(self.name, f"refers to a tensor outside 0..{count - 1}")
        return [int(i) for i in array]

    def arithmetic(self) -> str:
        for index in range(self.length(self.model.MetadataLength(), "metadata entries")):
            entry = self.model.Metadata(index)
            if entry.Name() == ARITHMETIC_KEY.encode():
                return self.buffer(entry.Buffer()).tobytes()[:64].decode("ascii")
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
        names: set[str] = set()
        for index in range(self.length(sub.TensorsLength(), "tensors")):
            raw = sub.Tensors(index)
            stem = name = (raw.Name() or b"").decode("utf-8", "replace")[:256] or f"tensor_{index}"
            count = 1
            while name in names:
                name, count = f"{stem}_{count}", count + 1
            names.add(name)
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
        array = np.frombuffer(bytes_.tobytes(), dtype).reshape(shape)
        return Tensor.constant(name, array, quantization)

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

    def node(self, raw: Any, tensors: list[Tensor], index: int) -> Node:
        builtin = self.builtin(raw.OpcodeIndex())
        outputs = [tensors[i] for i in self.indices(raw.OutputsAsNumpy(), len(tensors))]
        where = f"{self.name}: layer {outputs[0].name if outputs else index} ({builtin})"
        if not outputs:
            raise InputError(where, "has no output")
        entry = codec.readers().get(builtin)
        if entry is None:
            raise UnsupportedError(
                where, "this operator is not supported", "`edgekit targets --operators` lists them all"
            )
        given = raw.InputsAsNumpy()
        numbers = [] if isinstance(given, int) else [int(i) for i in given[: self.limit]]
        if any(i < -1 or i >= len(tensors) for i in numbers):
            raise InputError(where, f"reads a tensor outside 0..{len(tensors) - 1}")
        inputs: Sequence[Tensor | None] = [None if i == -1 else tensors[i] for i in numbers]
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

    def builtin(self, index: int) -> str:
        if not 0 <= index < self.model.OperatorCodesLength():
            raise InputError(self.name, f"refers to operator code {index} of {self.model.OperatorCodesLength()}")
        entry = self.model.OperatorCodes(index)
        code = max(entry.BuiltinCode(), entry.DeprecatedBuiltinCode())
        name = builtin_names().get(code, f"code {code}")
        if name == "CUSTOM":
            custom = (entry.CustomCode() or b"?").decode("utf-8", "replace")
            hint = "this model is already compiled for the Edge TPU" if custom == "edgetpu-custom-op" else ""
            raise UnsupportedError(self.name, f"uses the custom operator {custom}", hint)
        return name

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


def builtin_names() -> dict[int, str]:
    """BuiltinOperator code -> name."""
    from ai_edge_litert import schema_py_generated as schema

    return {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}
