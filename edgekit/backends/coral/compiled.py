"""A reader of models that `edgetpu_compiler` made.

A compiled model is a `.tflite` in which one or more subgraphs became an operator `edgetpu-custom-op`. Its custom
options are a flexbuffer map (libedgetpu, tflite/custom_op_data.cc): "1" format version, "4" a package, "6" chips, "7"
further packages. A package is a flatbuffer with the mark DWN1 (libedgetpu, executable/executable.fbs); it holds a
nested MultiExecutable, and that a list of nested Executables: PARAMETER_CACHING ones load the on-chip memory once,
parameters of EXECUTION_ONLY and STAND_ALONE ones are streamed at every inference.

Read are sizes, versions, names and types. Not read: the instruction streams, DMA hints, layer layouts, and the
signature, which is not checked.
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from edgekit.errors import InputError

CUSTOM_OP = b"edgetpu-custom-op"
PACKAGE_MARK = b"DWN1"
TYPES = ("stand-alone", "parameter-caching", "execution-only")
# Field numbers of executable.fbs, in the order of its tables.
PACKAGE = {"min_runtime_version": 0, "serialized_multi_executable": 1, "compiler_version": 4, "multi_chip_package": 6}
EXECUTABLES = 0
EXECUTABLE = {
    "name": 1, "batch_size": 3, "scratch_size_bytes": 4, "instruction_bitstreams": 5, "parameters": 6, "chip": 10,
    "type": 13, "parameter_caching_token": 14, "estimated_cycles_64bit": 16,
}  # fmt: skip
MAX_PARTS = 1024
_DAMAGE = (struct.error, IndexError, ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Executable:
    """One executable of a package; sizes in bytes."""

    name: str
    type: str
    chip: str
    batch_size: int
    parameter_bytes: int
    instruction_bytes: int
    scratch_bytes: int
    caching_token: int
    estimated_cycles: int


@dataclass(frozen=True)
class Package:
    """One package: a subgraph compiled for one chip."""

    min_runtime_version: int
    compiler_version: str
    executables: tuple[Executable, ...]


@dataclass(frozen=True)
class CompiledModel:
    """A compiled model.

    Attributes:
        packages: of all Edge TPU operators.
        edgetpu_operators: how many of them the model has.
        cpu_operators: operators that stayed on the CPU: (builtin name, count), sorted by name.
    """

    packages: tuple[Package, ...]
    edgetpu_operators: int
    cpu_operators: tuple[tuple[str, int], ...]

    @property
    def cached_bytes(self) -> int:
        """Parameters kept in on-chip memory."""
        return sum(e.parameter_bytes for p in self.packages for e in p.executables if e.type == "parameter-caching")

    @property
    def streamed_bytes(self) -> int:
        """Parameters sent at every inference."""
        return sum(e.parameter_bytes for p in self.packages for e in p.executables if e.type != "parameter-caching")

    @property
    def min_runtime_version(self) -> int:
        """The oldest runtime that takes all packages; 0 without any."""
        return max((p.min_runtime_version for p in self.packages), default=0)

    def facts(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "cached_bytes": self.cached_bytes,
            "streamed_bytes": self.streamed_bytes,
            "min_runtime_version": self.min_runtime_version,
            "edgetpu_operators": self.edgetpu_operators,
            "cpu_operators": dict(self.cpu_operators),
            "packages": [asdict(p) for p in self.packages],
        }


def read(data: bytes, name: str = "model_edgetpu.tflite") -> CompiledModel:
    """Read a compiled model.

    Raises:
        InputError: it is no `.tflite`, has no Edge TPU operator, or is damaged.
    """
    if len(data) < 16 or data[4:8] != b"TFL3":
        raise InputError(name, f"does not start as a .tflite does ({len(data)} bytes, no TFL3 mark)")
    try:
        return _read(data, name)
    except _DAMAGE as error:
        raise InputError(name, f"is not a sound compiled model: {error}", "compile it again") from error


def _read(data: bytes, name: str) -> CompiledModel:
    from ai_edge_litert import schema_py_generated as schema

    from edgekit.frontend.tflite.reader import builtin_names

    model = schema.Model.GetRootAs(data, 0)
    packages: list[Package] = []
    edgetpu, cpu = 0, Counter[str]()
    for s in range(_count(model.SubgraphsLength())):
        sub = model.Subgraphs(s)
        for index in range(_count(sub.OperatorsLength(), len(data) // 4)):
            operator = sub.Operators(index)
            code = model.OperatorCodes(operator.OpcodeIndex())
            if code.CustomCode() == CUSTOM_OP:
                edgetpu += 1
                packages += _packages(operator.CustomOptionsAsNumpy().tobytes())
            else:
                number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
                custom = (code.CustomCode() or b"").decode("utf-8", "replace")
                cpu[custom or builtin_names().get(number, f"code {number}")] += 1
    if not edgetpu:
        raise InputError(name, "has no edgetpu-custom-op", "is it the compiler's output?")
    return CompiledModel(tuple(packages), edgetpu, tuple(sorted(cpu.items())))


def _packages(options: bytes) -> list[Package]:
    from flatbuffers import flexbuffers

    entries = flexbuffers.GetRoot(options).AsMap
    found = [entries["4"].AsStringBytes]
    if "7" in [key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key) for key in _keys(entries)]:
        more = entries["7"].AsVector
        found += [more[i].AsStringBytes for i in range(_count(len(more)))]
    return [package for raw in found for package in _package(bytes(raw))]


def _keys(entries: Any) -> list[Any]:
    keys = entries.Keys
    return [keys[i].AsKey for i in range(_count(len(keys)))]


def _package(raw: bytes) -> list[Package]:
    if len(raw) < 8 or raw[4:8] != PACKAGE_MARK:
        raise ValueError("a package without the DWN1 mark")
    table = _Table.root(raw)
    nested = table.tables(PACKAGE["multi_chip_package"])
    if nested:  # a bundle for several chips: every member is a package
        return [p for member in nested for p in _package(member.blob(0))]
    multi = _Table.root(table.blob(PACKAGE["serialized_multi_executable"]))
    executables = tuple(_executable(_Table.root(one)) for one in multi.strings(EXECUTABLES))
    return [
        Package(
            table.integer(PACKAGE["min_runtime_version"], "<i"),
            table.blob(PACKAGE["compiler_version"]).decode("utf-8", "replace"),
            executables,
        )
    ]


def _executable(table: _Table) -> Executable:
    at = EXECUTABLE
    kind = table.integer(at["type"], "<h")
    return Executable(
        name=table.blob(at["name"]).decode("utf-8", "replace"),
        type=TYPES[kind] if 0 <= kind < len(TYPES) else f"type {kind}",
        chip=table.blob(at["chip"]).decode("utf-8", "replace"),
        batch_size=table.integer(at["batch_size"], "<i"),
        parameter_bytes=len(table.blob(at["parameters"])),
        instruction_bytes=sum(len(b.blob(0)) for b in table.tables(at["instruction_bitstreams"])),
        scratch_bytes=table.integer(at["scratch_size_bytes"], "<i"),
        caching_token=table.integer(at["parameter_caching_token"], "<Q"),
        estimated_cycles=table.integer(at["estimated_cycles_64bit"], "<q"),
    )


def _count(count: int, limit: int = MAX_PARTS) -> int:
    if not 0 <= count <= limit:
        raise ValueError(f"{count} parts")
    return count


@dataclass(frozen=True)
class _Table:
    """A flatbuffer table read with every offset checked against the buffer.

    The generated readers trust their input; packages come from files, so they are not trusted here.
    """

    data: bytes
    at: int

    @staticmethod
    def root(data: bytes) -> _Table:
        return _Table(data, _number(data, 0, "<I"))

    def field(self, number: int) -> int | None:
        """Position of a field, None when it is absent."""
        vtable = self.at - _number(self.data, self.at, "<i")
        if vtable < 0 or 4 + 2 * number >= _number(self.data, vtable, "<H"):
            return None
        offset = _number(self.data, vtable + 4 + 2 * number, "<H")
        return self.at + offset if offset else None

    def integer(self, number: int, form: str) -> int:
        at = self.field(number)
        return 0 if at is None else _number(self.data, at, form)

    def blob(self, number: int) -> bytes:
        """A string or a vector of bytes."""
        at = self.field(number)
        return b"" if at is None else self._blob(at)

    def strings(self, number: int) -> list[bytes]:
        return [self._blob(at) for at in self._items(number)]

    def tables(self, number: int) -> list[_Table]:
        """A vector of tables."""
        return [_Table(self.data, at + _number(self.data, at, "<I")) for at in self._items(number)]

    def _blob(self, at: int) -> bytes:
        start = at + _number(self.data, at, "<I")
        size = _number(self.data, start, "<I")
        if start + 4 + size > len(self.data):
            raise ValueError(f"{size} bytes at {start} of a buffer of {len(self.data)}")
        return self.data[start + 4 : start + 4 + size]

    def _items(self, number: int) -> list[int]:
        at = self.field(number)
        if at is None:
            return []
        start = at + _number(self.data, at, "<I")
        count = _count(_number(self.data, start, "<I"))
        return [start + 4 + 4 * i for i in range(count)]


def _number(data: bytes, at: int, form: str) -> int:
    if not 0 <= at <= len(data) - struct.calcsize(form):
        raise ValueError(f"an offset to {at} in a buffer of {len(data)}")
    return int(struct.unpack_from(form, data, at)[0])
