"""Post-training quantization beside its peers: `python -m benchmarks.quantization --data FOLDER --cache FOLDER`.

The same trained float networks (`benchmarks/networks.py`), the same calibration samples, the same test part; int8 by
edgekit, plain and with `max_drop`, by ONNX Runtime's `quantize_static`, by NNCF and by ai-edge-quantizer, each as its
documentation recommends for convolutional networks: weights per channel, activations per tensor, signed. ONNX models
run in ONNX Runtime, ai-edge-quantizer's in LiteRT, ours in the simulator, whose integers are those of TensorFlow Lite
Micro. What edgekit tries under `max_drop` is judged on the validation part; the test part is seen once, at the end.

A peer that is not installed is reported as NOT RUN. Bytes are those of the model file. The standard error is that of
one accuracy (binomial), or area under the ROC curve (Hanley and McNeil 1982); a network is a row that is won when
edgekit's loss is not above the best peer's by more than it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import arguments
from benchmarks.networks import hostile, trained
from edgekit import frontend, passes
from edgekit.frontend.tflite import write
from edgekit.graph import Graph
from edgekit.metrics import metric_of, score
from edgekit.quantization import choose_samples, drafted, quantize
from edgekit.quantization.improvement import improve
from edgekit.quantization.judge import Judge, outputs
from edgekit.recipe import QuantizeSection

Array = NDArray[Any]
SAMPLES = 256
SIGNATURE = "serving_default"
MAX_DROP = 0.1
NETWORKS = ("resnet8", "mobilenet_v1", "dscnn", "imu", "autoencoder", "mobilenet_v2", "mobilenet_v2 hostile")


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


def task(name: str, data: Path, cache: Path, folder: Path, seed: int, limit: int | None) -> Task:
    """The network with calibration samples drawn by `seed`, and at most `limit` test samples."""
    base, _, kind = name.partition(" ")
    network = trained(base, data, cache)
    graph = passes.optimize(frontend.load(network.onnx))
    (name_in,) = graph.inputs
    shape = graph.tensors[name_in].shape[1:]

    def fitted(x: Array) -> Array:
        return np.ascontiguousarray(x.reshape(-1, *shape), np.float32)

    d = network.data
    train = {name_in: fitted(d.train_x)}
    chosen = choose_samples(graph, train, SAMPLES, seed, d.train_y if d.classes else None)[name_in]
    onnx = network.onnx
    if kind == "hostile":
        onnx = folder / "hostile.onnx"
        hostile(network.onnx, onnx)
        graph = passes.optimize(frontend.load(onnx))
    channels_first = (1, shape[-1], *shape[:-1]) if len(shape) == 3 else (1, *shape)
    if len(shape) == 1 and d.train_x.ndim == 4:  # a network of flattened images
        channels_first = (1, d.train_x.shape[-1], *d.train_x.shape[1:-1])
    return Task(
        name, graph, onnx, channels_first, chosen, (fitted(d.validation_x), d.validation_y),
        (fitted(d.test_x)[:limit], d.test_y[:limit]), len(d.classes), folder,
    )  # fmt: skip


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
    return Result(_onnx_outputs(job, output), output.stat().st_size)


def by_nncf(job: Task) -> Result:
    """nncf.quantize of the ONNX model with its defaults, which correct biases; the mixed preset."""
    import nncf
    import onnx

    data = nncf.Dataset([{"input": x} for x in _channels_first(job, job.calibration)])
    made = nncf.quantize(onnx.load(job.onnx), data, preset=nncf.QuantizationPreset.MIXED, subset_size=SAMPLES)
    output = job.folder / "nncf.onnx"
    onnx.save(made, output)
    return Result(_onnx_outputs(job, output), output.stat().st_size)


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


PACKAGES = ("onnxruntime", "nncf", "ai-edge-quantizer", "ai-edge-litert")


def version(package: str) -> str:
    """Of an installed distribution."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _simulated(job: Task, graph: Graph) -> Result:
    return Result(outputs(graph, {graph.inputs[0]: job.test[0]}), len(write(graph)))


def _channels_first(job: Task, x: Array) -> list[Array]:
    """Samples as the ONNX model takes them, one by one."""
    moved = np.moveaxis(x, -1, 1) if x.ndim == 4 else x
    return [np.ascontiguousarray(one).reshape(job.onnx_shape) for one in moved]


def _onnx_outputs(job: Task, path: Path) -> Array:
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


def standard_error(value: float, y: Array, classes: int) -> float:
    """Of an accuracy over labels `y`, or of an area under the ROC curve over 0 and 1."""
    if classes:
        return sqrt(value * (1 - value) / len(y))
    positive, negative = int((y == 1).sum()), int((y == 0).sum())
    one, two = value / (2 - value), 2 * value * value / (1 + value)
    square = value * (1 - value) + (positive - 1) * (one - value**2) + (negative - 1) * (two - value**2)
    return sqrt(square / (positive * negative))


def measure(job: Task, tools: list[str]) -> list[dict[str, Any]]:
    """One row per tool, float first; scores in points."""
    x, y = job.test
    real = _onnx_outputs(job, job.onnx)
    best = score(real, x, y, job.classes)
    error = 100 * standard_error(best, y, job.classes)
    rows: list[dict[str, Any]] = [{
        "network": job.name, "tool": "float", "metric": metric_of(real, x, y, job.classes), "samples": len(y),
        "score": 100 * best, "loss": 0.0, "error": error, "bytes": job.onnx.stat().st_size, "note": "",
    }]  # fmt: skip
    for tool in tools:
        package, work = TOOLS[tool]
        try:
            metadata.version(package) if package != "edgekit" else None
            found = work(job)
        except (ImportError, metadata.PackageNotFoundError) as problem:
            found = Result(None, 0, f"NOT RUN: {problem}")
        value = None if found.outputs is None else 100 * score(found.outputs, x, y, job.classes)
        loss = None if value is None else 100 * best - value
        rows.append({
            "network": job.name, "tool": tool, "score": value, "loss": loss, "error": error, "bytes": found.bytes,
            "note": found.note,
        })  # fmt: skip
    return rows


def verdict(rows: list[dict[str, Any]]) -> str:
    """Whether edgekit's better row is best or tied with the best peer within one standard error."""
    ours = [r["loss"] for r in rows if r["tool"] == "edgekit max_drop"]
    peers = [r["loss"] for r in rows if not r["tool"].startswith(("edgekit", "float")) and r["loss"] is not None]
    if not peers or not ours:
        return "no peer ran"
    gap = ours[0] - min(peers)
    return "best" if gap <= 0 else f"tied ({gap:.2f} behind)" if gap <= rows[0]["error"] else f"BEHIND by {gap:.2f}"


def main() -> None:
    parser = arguments.parser(__doc__, "fashion_mnist, cifar10, free_spoken_digit, watch_imu")
    parser.add_argument("--network", action="append", choices=NETWORKS, help="may be given several times; all without")
    parser.add_argument("--tool", action="append", choices=list(TOOLS), help="may be given several times; all without")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of calibration samples")
    parser.add_argument("--limit", type=int, help="test samples at most")
    given = arguments.parsed(parser, "quantization")
    if given is None:
        return
    print(f"training seed 0, calibration seed {given.seed}, {SAMPLES} calibration samples, max_drop {MAX_DROP}")
    print("; ".join(f"{name} {version(name)}" for name in PACKAGES))
    head = f"{'network':22}{'tool':20}{'score %':>9}{'loss':>8}{'std. error':>12}{'bytes':>10}  note"
    print(head, flush=True)
    everything = []
    for name in given.network or NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            job = task(name, given.data, given.cache, Path(folder), given.seed, given.limit)
            rows = measure(job, given.tool or list(TOOLS))
        everything += rows
        for row in rows:
            figures = "" if row["score"] is None else f"{row['score']:9.2f}{row['loss']:8.2f}{row['error']:12.2f}"
            print(f"{row['network']:22}{row['tool']:20}{figures:29}{row['bytes']:10,}  {row['note']}")
        print(f"{name:22}{verdict(rows)}; {rows[0]['metric']}, {rows[0]['samples']:,} test samples", flush=True)
    arguments.write(everything, given.json)


if __name__ == "__main__":
    main()
