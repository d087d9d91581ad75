"""Quantizers of `python -m benchmarks.quantization`: each makes int8 of a float network and runs it.

ONNX models run in ONNX Runtime, ai-edge-quantizer's in LiteRT, ours in the simulator, whose integers are those of
TensorFlow Lite Micro. Each follows the recommendation of its documentation for convolutional networks: weights per
channel, activations per tensor, signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.frontend.tflite import write
from edgekit.graph import Graph
from edgekit.quantization import drafted, quantize
from edgekit.quantization.improvement import improve
from edgekit.quantization.judge import Judge, outputs
from edgekit.recipe import QuantizeSection

Array = NDArray[Any]
SAMPLES = 256
SIGNATURE = "serving_default"
MAX_DROP = 0.1


@dataclass(frozen=True)
class Task:
    """A float network in both formats, with data of the graph's layout (NHWC)."""

    name: str
    graph: Graph
    onnx: Path
    onnx_shape: tuple[int, ...]
    calibration: Array
    validation: tuple[Array, Array]
    test: tuple[Array, Array]
    classes: int
    folder: Path


@dataclass(frozen=True)
class Result:
    """Outputs for the test part, or why there are none; bytes of the model file."""

    outputs: Array | None
    bytes: int = 0
    note: str = ""


def by_edgekit(job: Task) -> Result:
    """Plain int8."""
    section = QuantizeSection(samples=SAMPLES)
    graph = quantize(job.graph, {job.graph.inputs[0]: job.calibration}, section)
    return _simulated(job, graph)


def by_edgekit_max_drop(job: Task) -> Result:
    """With fixes until the validation part loses no more than MAX_DROP points."""
    name = job.graph.inputs[0]
    draft = drafted(job.graph, {name: job.calibration}, QuantizeSection(samples=SAMPLES))
    judge = Judge(job.graph, {name: job.validation[0]}, job.validation[1], job.classes)
    found = improve(draft, judge, MAX_DROP)
    kept = [a.fix for a in found.attempts if a.kept]
    result = _simulated(job, found.graph)
    return Result(result.outputs, result.bytes, " + ".join(kept[1:]) or "plain")


def by_onnxruntime(job: Task) -> Result:
    """quantize_static: QDQ, int8 weights per channel, int8 activations, min-max, after its own preprocessing."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    samples = iter([{"input": x} for x in _channels_first(job, job.calibration)])

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def get_next(self) -> dict[str, Array] | None:
            return next(samples, None)

    ready, output = job.folder / "ready.onnx", job.folder / "ort.onnx"
    quant_pre_process(str(job.onnx), str(ready))
    quantize_static(
        str(ready), str(output), Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QInt8, weight_type=QuantType.QInt8,
    )  # fmt: skip
    return Result(onnx_outputs(job, output), output.stat().st_size)


def by_nncf(job: Task) -> Result:
    """nncf.quantize of the ONNX model with its defaults, which correct biases; the mixed preset."""
    import nncf
    import onnx

    data = nncf.Dataset([{"input": x} for x in _channels_first(job, job.calibration)])
    made = nncf.quantize(onnx.load(job.onnx), data, preset=nncf.QuantizationPreset.MIXED, subset_size=SAMPLES)
    output = job.folder / "nncf.onnx"
    onnx.save(made, output)
    return Result(onnx_outputs(job, output), output.stat().st_size)


def by_ai_edge_quantizer(job: Task) -> Result:
    """Its recipe for static int8 (per channel) on the float .tflite that edgekit writes of the same graph."""
    from ai_edge_quantizer import quantizer, recipe

    source, output = job.folder / "float.tflite", job.folder / "aeq.tflite"
    source.write_bytes(_signed(write(job.graph)))
    work = quantizer.Quantizer(str(source), recipe.static_wi8_ai8())
    data = {SIGNATURE: [{"x": x[None]} for x in job.calibration]}
    work.quantize(work.calibrate(data)).export_model(str(output), overwrite=True)
    return Result(_litert_outputs(output, job.test[0]), output.stat().st_size)


TOOLS: dict[str, tuple[str, Callable[[Task], Result]]] = {
    "edgekit": ("edgekit", by_edgekit),
    "edgekit max_drop": ("edgekit", by_edgekit_max_drop),
    "onnxruntime": ("onnxruntime", by_onnxruntime),
    "nncf": ("nncf", by_nncf),
    "ai-edge-quantizer": ("ai-edge-quantizer", by_ai_edge_quantizer),
}


def _simulated(job: Task, graph: Graph) -> Result:
    return Result(outputs(graph, {graph.inputs[0]: job.test[0]}), len(write(graph)))


def _channels_first(job: Task, x: Array) -> list[Array]:
    """Samples as the ONNX model takes them, one by one."""
    moved = np.moveaxis(x, -1, 1) if x.ndim == 4 else x
    return [np.ascontiguousarray(one).reshape(job.onnx_shape) for one in moved]


def onnx_outputs(job: Task, path: Path) -> Array:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"input": x})[0] for x in _channels_first(job, job.test[0])])


def _signed(data: bytes) -> bytes:
    """The .tflite with a signature, by which ai-edge-quantizer finds inputs: `x` to `y`."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(bytearray(data), 0)
    graph = model.subgraphs[0]
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = SIGNATURE.encode(), 0
    for attribute, name, index in (("inputs", "x", graph.inputs[0]), ("outputs", "y", graph.outputs[0])):
        entry = schema.TensorMapT()
        entry.name, entry.tensorIndex = name.encode(), int(index)
        setattr(signature, attribute, [entry])
    model.signatureDefs = [signature]
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _litert_outputs(path: Path, x: Array) -> Array:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path), num_threads=1)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    found = []
    for one in x:
        interpreter.set_tensor(source["index"], _into(one[None], source))
        interpreter.invoke()
        found.append(_outof(interpreter.get_tensor(target["index"]), target))
    return np.concatenate(found)


def _into(x: Array, detail: dict[str, Any]) -> Array:
    if detail["dtype"] == np.float32:
        return x
    scale, zero = detail["quantization"]
    return np.clip(np.rint(x / scale) + zero, -128, 127).astype(detail["dtype"])


def _outof(q: Array, detail: dict[str, Any]) -> Array:
    if detail["dtype"] == np.float32:
        return q.copy()
    scale, zero = detail["quantization"]
    return (q.astype(np.float32) - zero) * np.float32(scale)
