"""What is checked of a file before anything is built from it, and the safe reading of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import InputError, UnsupportedError
from edgekit.graph.graph import MAX_ELEMENTS, MAX_RANK

MAX_BYTES = 1 << 29
MAX_NODES = 10_000
MAX_INTERFACE = 256
OPSETS = range(13, 23)


def read_file(path: Path) -> bytes:
    """The file's bytes. Raises InputError when it is missing or larger than 512 MiB."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(str(path), f"has {size} bytes, the limit is {MAX_BYTES}", "edge models are far smaller")
        return path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror or error}") from error


def parse(data: bytes, name: str) -> Any:
    """The ModelProto. Raises InputError for anything that is none."""
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        model = onnx.ModelProto.FromString(data)
    except (DecodeError, RecursionError, ValueError) as error:
        raise InputError(name, f"is no ONNX model: {error}", "truncated or damaged file?") from error
    if not model.HasField("graph") or not model.opset_import:
        raise InputError(name, "is no ONNX model: it has no graph or no operator set")
    return model


def check(model: Any, name: str, folder: Path | None) -> None:
    """All checks of the standard and our limits; external data is read into the model. Raises as `reader.load`."""
    import onnx

    versions = {o.domain: o.version for o in model.opset_import}
    opset = versions.get("", versions.get("ai.onnx", 0))
    if opset not in OPSETS:
        raise UnsupportedError(name, f"opset {opset} is not supported, 13 to 22 are",
                               "export again, or convert with onnx.version_converter")  # fmt: skip
    if model.functions:
        raise UnsupportedError(name, "holds local functions", "inline them with onnx.inliner before")
    if len(model.graph.node) > MAX_NODES or len(model.graph.initializer) > MAX_NODES:
        raise InputError(name, f"has more than {MAX_NODES} nodes or constants")
    if len(model.graph.output) > MAX_INTERFACE or len(model.graph.input) > MAX_NODES:
        raise InputError(name, f"has more than {MAX_INTERFACE} outputs or {MAX_NODES} inputs")
    _check_names(model, name)
    if model.graph.sparse_initializer:
        raise UnsupportedError(name, "holds sparse constants", "export them dense")
    for node in model.graph.node:
        for a in node.attribute:
            if a.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS) or a.HasField("g") or a.graphs:
                raise UnsupportedError(f"{name}: node {node.name or node.output[:1]} ({node.op_type})",
                                       "control flow is not supported", "export without If, Loop and Scan")  # fmt: skip
    _load_external(model, name, folder)
    for proto in model.graph.initializer:
        _check_tensor(proto, f"{name}: constant {proto.name}")
    try:
        # Without full_check: onnx's shape inference ends the whole process on some damaged files (a failed assertion in
        # its C++), and the importer infers all shapes itself; `declared_shapes` compares them with the file's.
        onnx.checker.check_model(model, full_check=False)
    except Exception as error:  # the checker's own exceptions share no base class
        text = " ".join(str(error).split())[:300]
        raise InputError(name, f"breaks the ONNX standard: {text}") from error


def _check_names(model: Any, name: str) -> None:
    """Protobuf hands out bytes in place of text that is no UTF-8; nothing behind this check expects them."""
    graph = model.graph
    texts = [text for n in graph.node for text in (n.op_type, n.domain, n.name, *n.input, *n.output)]
    texts += [a.name for n in graph.node for a in n.attribute]
    texts += [v.name for v in (*graph.initializer, *graph.input, *graph.output, *graph.value_info)]
    texts += [d.dim_param for v in graph.input for d in v.type.tensor_type.shape.dim]
    texts += [text for t in graph.initializer for e in t.external_data for text in (e.key, e.value)]
    for text in texts:
        if not isinstance(text, str):
            raise InputError(name, f"holds a name that is no UTF-8 text: {text!r:.60}", "damaged file?")


def _load_external(model: Any, name: str, folder: Path | None) -> None:
    """Read external tensors from files beside the model; a location that leads elsewhere is refused."""
    import onnx

    total = 0
    for proto in model.graph.initializer:
        if proto.data_location != onnx.TensorProto.EXTERNAL:
            continue
        where = f"{name}: constant {proto.name}"
        about = {e.key: e.value for e in proto.external_data}
        if folder is None:
            raise InputError(where, "lies in an external file", "load the model from its folder")
        base = folder.resolve()
        location = about.get("location", "")
        if not location or "\0" in location or len(location) > 255:
            raise InputError(where, f"names no usable external file: {location!r:.80}")
        file = (base / location).resolve()  # follows symbolic links: a link that leads out is an escape too
        if Path(location).is_absolute() or not file.is_relative_to(base) or not file.is_file():
            raise InputError(where, f"external file {location!r} is missing or outside the model's folder",
                             "keep it beside the model")  # fmt: skip
        try:
            offset, length = int(about.get("offset", "0")), int(about.get("length", "-1"))
        except ValueError as error:
            raise InputError(where, "offset and length of its external data must be numbers") from error
        size = file.stat().st_size
        length = size - offset if length == -1 else length
        total += max(length, 0)
        if offset < 0 or length < 0 or offset + length > size or total > MAX_BYTES:
            raise InputError(where, f"external data {offset}+{length} exceeds the file's {size} bytes or the limit")
        with open(file, "rb") as stream:
            stream.seek(offset)
            proto.raw_data = stream.read(length)
        del proto.external_data[:]
        proto.data_location = onnx.TensorProto.DEFAULT


def _check_tensor(proto: Any, where: str) -> None:
    if len(proto.dims) > 16 or any(d < 0 for d in proto.dims) or prod(proto.dims) > MAX_ELEMENTS:
        raise InputError(where, f"has the impossible or giant shape {tuple(proto.dims)[:16]}")


def array(proto: Any, where: str) -> NDArray[Any]:
    """A tensor's value. Raises InputError when its bytes don't fit its shape, UnsupportedError for its type."""
    import onnx

    _check_tensor(proto, where)
    if proto.data_location == onnx.TensorProto.EXTERNAL or proto.external_data:
        raise InputError(where, "external data is allowed for initializers only")
    if proto.HasField("segment"):
        raise UnsupportedError(where, "segmented tensors are not supported")
    try:
        result: NDArray[Any] = onnx.numpy_helper.to_array(proto)
    except Exception as error:  # numpy_helper raises whatever NumPy and protobuf do
        raise InputError(where, f"cannot be read: {' '.join(str(error).split())[:200]}") from error
    if result.dtype.kind not in "biuf":
        if result.dtype.name == "bfloat16":
            return result.astype(np.float32)
        raise UnsupportedError(where, f"type {result.dtype} is not supported", "export as float32 or int8")
    return result


def attribute(proto: Any, where: str) -> Any:
    """An attribute as a Python value: int, float, str, list of those, or array."""
    import onnx

    kind = onnx.AttributeProto
    if proto.type == kind.TENSOR:
        return array(proto.t, f"{where}: attribute {proto.name}")
    if proto.type == kind.STRING:
        return proto.s.decode(errors="replace")
    if proto.type == kind.STRINGS:
        return [s.decode(errors="replace") for s in proto.strings]
    simple = {kind.INT: "i", kind.FLOAT: "f", kind.INTS: "ints", kind.FLOATS: "floats"}
    if proto.type not in simple:
        raise UnsupportedError(where, f"attribute {proto.name} has an unsupported type")
    value = getattr(proto, simple[proto.type])
    return value if isinstance(value, int | float) else list(value)


def static_shape(proto: Any, where: str) -> tuple[int, ...]:
    """An input's shape, a dynamic batch as 1. Raises InputError naming any other dynamic dimension."""
    if proto.type.WhichOneof("value") != "tensor_type" or not proto.type.tensor_type.HasField("shape"):
        raise InputError(where, "must be a tensor of known rank")
    shape = []
    for axis, dim in enumerate(proto.type.tensor_type.shape.dim):
        if dim.WhichOneof("value") == "dim_value" and dim.dim_value > 0:
            shape.append(int(dim.dim_value))
        elif axis == 0:
            shape.append(1)
        else:
            found = dim.dim_param or (dim.dim_value if dim.HasField("dim_value") else "?")
            raise InputError(where, f"dimension {axis} ({found}) is dynamic; only the batch (dimension 0) may be",
                             "export with a fixed size")  # fmt: skip
    if len(shape) > MAX_RANK or prod(shape) > MAX_ELEMENTS:
        raise InputError(where, f"needs at most {MAX_RANK} dimensions and 2^28 elements, found {tuple(shape)[:16]}")
    return tuple(shape)


def input_dtype(proto: Any, where: str) -> str:
    """float32, int8, uint8 or int16. Raises UnsupportedError for other types."""
    import onnx

    known = {onnx.TensorProto.FLOAT: "float32", onnx.TensorProto.INT8: "int8", onnx.TensorProto.UINT8: "uint8",
             onnx.TensorProto.INT16: "int16"}  # fmt: skip
    kind = proto.type.tensor_type.elem_type
    if kind not in known:
        raise UnsupportedError(where, f"ONNX type {kind} is not supported for inputs", "export with float32 inputs")
    return known[kind]


def declared_shapes(model: Any, name: str, found: Mapping[str, tuple[int, ...]]) -> None:
    """Compare the static dimensions that the file declares for its values with those that follow from its nodes, but
    the first.

    Raises:
        InputError: they differ; names the value.
    """
    for proto in (*model.graph.value_info, *model.graph.output):
        kind = proto.type.tensor_type
        if proto.name not in found or not kind.HasField("shape"):
            continue
        shape = found[proto.name]
        said = [d.dim_value if d.WhichOneof("value") == "dim_value" else -1 for d in kind.shape.dim]
        # The batch is left out: exporters write the sample's own there although they call it dynamic elsewhere.
        same = len(said) == len(shape) and all(d in (-1, s) for d, s in zip(said[1:], shape[1:], strict=True))
        if not same:
            text = f"has shape {shape} by its node, the file says {tuple(said)[:16]} (-1: dynamic)"
            raise InputError(f"{name}: value {proto.name}", text, "export again")
