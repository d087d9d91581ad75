"""A synthetic compiled model, laid out as libedgetpu's public schema (executable.fbs, custom_op_data.cc) says.

The vendor's compiler is closed, so nothing it made can be kept here.
"""

from __future__ import annotations

from typing import Any

import flatbuffers
from flatbuffers import flexbuffers


def _table(builder: Any, fields: dict[int, tuple[str, Any]], count: int) -> int:
    """Fields by number: ("offset", position), ("int32", v), ("int16", v), ("uint64", v), ("int64", v)."""
    builder.StartObject(count)
    for number, (kind, value) in fields.items():
        if kind == "offset":
            builder.PrependUOffsetTRelativeSlot(number, value, 0)
        else:
            getattr(builder, f"Prepend{kind.capitalize()}Slot")(number, value, 0)
    return int(builder.EndObject())


def _vector(builder: Any, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def executable(kind: int, parameters: int, name: str = "net", instructions: int = 64, token: int = 7) -> bytes:
    builder = flatbuffers.Builder(0)
    chunk = _table(builder, {0: ("offset", builder.CreateByteVector(bytes(instructions)))}, 2)
    streams = _vector(builder, [chunk])
    fields: dict[int, tuple[str, Any]] = {
        1: ("offset", builder.CreateString(name)), 3: ("int32", 1), 4: ("int32", 96), 5: ("offset", streams),
        6: ("offset", builder.CreateByteVector(bytes(parameters))), 10: ("offset", builder.CreateString("beagle")),
        13: ("int16", kind), 14: ("uint64", token), 16: ("int64", 1234),
    }  # fmt: skip
    builder.Finish(_table(builder, fields, 17))
    return bytes(builder.Output())


def package(executables: list[bytes], runtime: int = 13, mark: bytes = b"DWN1") -> bytes:
    inner = flatbuffers.Builder(0)
    names = [inner.CreateString(one) for one in executables]  # the schema keeps executables in strings
    inner.Finish(_table(inner, {0: ("offset", _vector(inner, names))}, 1))
    outer = flatbuffers.Builder(0)
    nested = outer.CreateByteVector(bytes(inner.Output()))
    version = outer.CreateString("16.0")
    fields = {0: ("int32", runtime), 1: ("offset", nested), 4: ("offset", version)}
    outer.Finish(_table(outer, fields, 8), file_identifier=mark)
    return bytes(outer.Output())


class Raw(bytes):
    """Bytes that a flexbuffer builder takes for a string; C++ writes any bytes as one, Python only text."""

    def encode(self, *_: str) -> bytes:
        return bytes(self)


def custom_options(packages: list[bytes]) -> bytes:
    builder = flexbuffers.Builder()
    with builder.Map():
        builder.Int("1", 0)
        builder.Key("4")
        builder.String(Raw(packages[0]))
        builder.Int("5", -1)
        if len(packages) > 1:
            with builder.Vector("6"):
                for _ in packages:
                    builder.Int(1)
            with builder.Vector("7"):
                for one in packages[1:]:
                    builder.String(Raw(one))
    return bytes(builder.Finish())


def compiled_model(packages: list[bytes] | None = None, cpu: tuple[str, ...] = ("SOFTMAX", "QUANTIZE")) -> bytes:
    """A `.tflite` of one Edge TPU operator and some on the CPU; cached 5000 bytes, streamed 700 by default."""
    from ai_edge_litert import schema_py_generated as schema

    packages = packages or [package([executable(1, 5000), executable(2, 700)])]
    model, sub = schema.ModelT(), schema.SubGraphT()
    model.version, model.buffers, model.subgraphs, model.operatorCodes = 3, [schema.BufferT()], [sub], []
    sub.tensors, sub.operators, sub.inputs, sub.outputs = [schema.TensorT()], [], [0], [0]
    for name in ("edgetpu-custom-op", *cpu):
        code = schema.OperatorCodeT()
        custom = name == "edgetpu-custom-op"
        code.builtinCode = schema.BuiltinOperator.CUSTOM if custom else getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = len(model.operatorCodes), [0], [0]
        if custom:
            code.customCode = name
            operator.customOptions = list(custom_options(packages))
        model.operatorCodes.append(code)
        sub.operators.append(operator)
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())
