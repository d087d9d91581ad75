"""OpenVINO on CPU, GPU and NPU: an int8 IR with the graph's own scales, compiled, run and measured by the runtime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgekit import __version__
from edgekit.backends._contract import (
    Array,
    Artifact,
    Described,
    Rejection,
    Run,
    constraint,
    per_sample_of,
    rejections,
    without_port,
)
from edgekit.backends._rules import activations_of, moves, require_accepted, require_int8, written_as_onnx
from edgekit.backends.openvino import engine
from edgekit.backends.openvino.options import Options, options_of
from edgekit.doctor.tools.openvino import TOOL
from edgekit.errors import ToolError
from edgekit.export import onnx
from edgekit.graph import Graph, Node
from edgekit.target import Target
from edgekit.verification import Verification

__all__ = [
    "CONSTRAINTS",
    "TIMED",
    "Options",
    "bench",
    "check",
    "compile",
    "described",
    "require",
    "run",
    "supports",
    "verify",
    "versions",
]

TIMED = True


def supports(operator: str) -> bool:
    return onnx.supports(operator)


@constraint("pad", fix="Reshape around the layer.", quantized=True)
def padded(graph: Graph, node: Node, options: Options) -> str | None:
    """The tensor must have 3 dimensions or more: OpenVINO 2026.4 gives fewer a border of other integers."""
    rank = len(graph.node_outputs(node)[0].shape)
    return f"{rank} dimensions" if rank < 3 else None


CONSTRAINTS = (written_as_onnx, moves, padded, activations_of("int8", "uint8", "float32"))


def require(target: Target) -> None:
    """Raises ToolError when the package is absent or of a wrong version."""
    engine.version()


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every layer that cannot be written. Raises InputError for unknown options."""
    return rejections(graph, CONSTRAINTS, options_of(target))


def compile(graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None) -> Artifact:
    """Write the int8 IR into `folder`, and compile it for the device where that is here.

    Raises:
        InputError: unknown options. UnsupportedError: a layer that cannot be written, or a float graph.
        ToolError: OpenVINO is absent or refuses the model. MachineError: the folder cannot be written.
    """
    from edgekit.frontend.tflite import save

    target = target.with_options(options or {})
    chosen = options_of(target)
    require_int8(graph, target)
    require_accepted(graph, target, check(graph, target))
    save(graph, folder / engine.MODEL)
    engine.convert(graph, folder, chosen)
    names = (engine.MODEL, engine.IR, engine.WEIGHTS, engine.LAYERS)
    facts: dict[str, Any] = {
        "options": chosen.model_dump(mode="json", exclude_defaults=True),
        "bytes": {name: (folder / name).stat().st_size for name in names},
    }
    try:
        engine.require_device(engine.core(), chosen.device)
    except ToolError as error:
        return Artifact(names, engine.MODEL, False, facts, (f"compiled and run: NOT RUN: {error}",))
    facts["executed"] = executed(engine.compiled(folder / engine.IR, chosen))
    real = [
        f"{kind} in {precision}" for kind, precision in facts["executed"]["matrix_products"] if "8" not in precision
    ]
    notes = [f"not executed in int8 on this {chosen.device}: {', '.join(real)}"] if real else []
    return Artifact(names, engine.MODEL, True, facts, tuple(notes))


def executed(model: Any) -> dict[str, Any]:
    """What the compiled model is made of: node types with counts, and the precision of each matrix product."""
    from collections import Counter

    nodes = [
        (str(_info(node, "layerType")), str(_info(node, "runtimePrecision")))
        for node in model.get_runtime_model().get_ops()
    ]
    counted = Counter(f"{kind} {precision}" for kind, precision in nodes if kind not in ("Const", "Input", "Output"))
    products = [
        (k, p) for k, p in nodes if "Convolution" in k or "Deconvolution" in k or k in ("FullyConnected", "MatMul")
    ]
    return {"nodes": dict(sorted(counted.items())), "matrix_products": products}


def _info(node: Any, key: str) -> Any:
    found = node.get_rt_info()
    return found[key].value if key in found else "unknown"


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """Run the IR on the device of its options, all samples through a queue of asynchronous requests.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. ToolError: the package or device is absent or fails.
        UsageError: a port is given.
    """
    without_port(port, "openvino")
    built = engine.opened(folder)
    model = engine.compiled(folder / engine.IR, built.options)
    outputs = per_sample_of(built.graph, inputs, lambda samples: engine.run_all(model, built.options, samples))
    return Run(outputs, engine.vehicle(built.options), True)


def verify(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Verification:
    """Every layer of the IR on the simulator's own integers, and the whole. Raises as `run`."""
    from edgekit.backends.openvino import layers

    without_port(port, "openvino")
    return layers.verify(folder, inputs)


def bench(folder: Path, port: str | None = None) -> dict[str, Any]:
    """Times per layer, and latency and throughput under both hints. Raises as `run`."""
    from edgekit.backends.openvino import timing

    without_port(port, "openvino")
    return timing.bench(folder)


def described(target: Target) -> Described:
    proof = "each layer within 1 step (`resize_bilinear` 3)"
    return Described("int8 IR (`model.xml`, `model.bin`)", f"OpenVINO {TOOL.fits}", proof)


def versions() -> dict[str, str]:
    try:
        return {"edgekit": __version__, "openvino": engine.version()}
    except ToolError as error:
        return {"edgekit": __version__, "openvino": error.what}
