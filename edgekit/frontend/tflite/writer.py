"""Write a `Graph` as a `.tflite` that LiteRT, TensorFlow Lite Micro and the vendor compilers take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit import __version__, files
from edgekit.errors import UnsupportedError
from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.reader import ARITHMETIC_KEY, DTYPE_OF_CODE
from edgekit.graph import Graph, Node, Tensor

CODE_OF_DTYPE = {name: code for code, name in DTYPE_OF_CODE.items()}
ALIGNMENT = 16  # the schema's force_align of buffers; microcontrollers fault on less


def save(graph: Graph, path: Path) -> None:
    """Write the file atomically."""
    files.write_atomic(path, write(graph))


def write(graph: Graph) -> bytes:
    """The file's bytes; the same graph always gives the same bytes.

    Raises:
        UnsupportedError: the format cannot express an operator; names the layer.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    class AlignedBuffer(schema.BufferT):  # type: ignore[misc]
        def Pack(self, builder: Any) -> Any:
            vector = None if self.data is None else _aligned_bytes(builder, self.data)
            schema.BufferStart(builder)
            if vector is not None:
                schema.BufferAddData(builder, vector)
            return schema.BufferEnd(builder)

    model, sub = schema.ModelT(), schema.SubGraphT()
    model.version, model.description = 3, f"edgekit {__version__}"
    model.buffers = [AlignedBuffer()]
    model.operatorCodes, model.subgraphs = [], [sub]
    sub.name, sub.tensors, sub.operators = graph.name, [], []
    index: dict[str, int] = {}

    def add_buffer(data: bytes) -> int:
        model.buffers.append(AlignedBuffer())
        model.buffers[-1].data = data
        return len(model.buffers) - 1

    def add_tensor(tensor: Tensor) -> int:
        raw = schema.TensorT()
        raw.name, raw.shape, raw.type = tensor.name, list(tensor.shape), CODE_OF_DTYPE[tensor.dtype]
        raw.buffer = 0 if tensor.data is None else add_buffer(tensor.data.tobytes())
        if tensor.quantization is not None:
            q = raw.quantization = schema.QuantizationParametersT()
            q.scale, q.zeroPoint = tensor.quantization.scale, tensor.quantization.zero_point
            q.quantizedDimension = tensor.quantization.axis or 0
        sub.tensors.append(raw)
        return len(sub.tensors) - 1

    for tensor in graph.tensors.values():
        index[tensor.name] = add_tensor(tensor)
    spare = graph.copy()
    for node in graph.nodes:
        sub.operators.append(_operator(schema, model, spare, node, index, add_tensor))
    sub.inputs = [index[n] for n in graph.inputs]
    sub.outputs = [index[n] for n in graph.outputs]
    note = schema.MetadataT()
    note.name, note.buffer = ARITHMETIC_KEY, add_buffer(graph.arithmetic.encode())
    model.metadata = [note]
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _operator(schema: Any, model: Any, graph: Graph, node: Node, index: dict[str, int], add_tensor: Any) -> Any:
    entry = codec.writers().get(node.op.name)
    if entry is None:
        raise UnsupportedError(f"layer {node.name} ({node.op.name})", "cannot be written to a .tflite")
    inputs, outputs = graph.node_inputs(node), graph.node_outputs(node)
    encoded = entry.write(node.op, inputs, outputs)
    entry = codec.readers()[encoded.builtin] if encoded.builtin else entry
    version = entry.version(node.op, inputs, outputs) if hasattr(entry, "version") else 1
    raw = schema.OperatorT()
    raw.opcodeIndex = _opcode(schema, model, entry.BUILTIN, version)
    raw.inputs = []
    for given in encoded.inputs:
        if isinstance(given, np.ndarray | Tensor):
            name = graph.unique(f"{node.name}/{entry.BUILTIN.lower()}")
            tensor = given.with_(name=name) if isinstance(given, Tensor) else Tensor.constant(name, given)
            graph.add(tensor)
            raw.inputs.append(add_tensor(tensor))
        else:
            source = node.inputs[given]
            raw.inputs.append(-1 if source is None else index[source])
    raw.outputs = [index[n] for n in node.outputs]
    if entry.OPTIONS is not None:
        raw.builtinOptionsType = getattr(schema.BuiltinOptions, entry.OPTIONS)
        raw.builtinOptions = getattr(schema, entry.OPTIONS + "T")()
        for key, value in encoded.options.items():
            if not hasattr(raw.builtinOptions, key):
                raise AttributeError(f"{entry.OPTIONS} has no field {key}")
            setattr(raw.builtinOptions, key, value)
    return raw


def _opcode(schema: Any, model: Any, builtin: str, version: int) -> int:
    code = getattr(schema.BuiltinOperator, builtin)
    for i, known in enumerate(model.operatorCodes):
        if (known.builtinCode, known.version) == (code, version):
            return i
    entry = schema.OperatorCodeT()
    entry.builtinCode, entry.deprecatedBuiltinCode, entry.version = code, min(code, 127), version
    model.operatorCodes.append(entry)
    return len(model.operatorCodes) - 1


def _aligned_bytes(builder: Any, data: bytes) -> Any:
    array: NDArray[np.uint8] = np.frombuffer(data, np.uint8)
    builder.StartVector(1, array.size, ALIGNMENT)
    builder.head = builder.head - array.size
    builder.Bytes[builder.head : builder.head + array.size] = array.tobytes()
    return builder.EndVector()
