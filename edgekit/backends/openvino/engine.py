"""OpenVINO itself: reading an IR, compiling it for a device, running many samples."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edgekit import files
from edgekit.backends._contract import Array
from edgekit.backends.openvino.dense import without_few_taps
from edgekit.backends.openvino.options import Options
from edgekit.doctor import probe
from edgekit.doctor.tools.openvino import TOOL
from edgekit.errors import InputError, RefusedError, ToolError
from edgekit.export import onnx
from edgekit.export.onnx import Place
from edgekit.frontend import tflite
from edgekit.graph import Graph

MODEL, IR, WEIGHTS, LAYERS = "model.tflite", "model.xml", "model.bin", "layers.json"


@dataclass(frozen=True)
class Built:
    """A build folder: the proven graph, the options, and where each layer is in the IR."""

    graph: Graph
    options: Options
    places: dict[str, Place]


def version() -> str:
    """Raises ToolError when the package is absent or does not fit."""
    return probe.require(TOOL, "openvino").version


@cache
def core() -> Any:
    """The one runtime of this process. Raises ToolError."""
    version()
    try:
        import openvino
    except ImportError as error:
        raise ToolError("openvino", f"cannot be imported: {error}", TOOL.install) from error
    return openvino.Core()


def convert(graph: Graph, folder: Path, options: Options) -> None:
    """Write the IR, and where each layer is in it. Raises UnsupportedError, ToolError, MachineError."""
    found = core()
    import openvino

    graph = without_few_taps(graph)
    data = onnx.write(graph)
    places = {name: asdict(place) for name, place in onnx.places(graph).items()}
    with files.disk_errors(folder):
        try:
            openvino.save_model(found.read_model(data, b""), folder / IR, compress_to_fp16=False)
        except RuntimeError as error:
            raise ToolError(f"OpenVINO {version()}", f"does not take the model: {_first_line(error)}") from error
    document = {"options": options.model_dump(), "layers": places}
    files.write_atomic(folder / LAYERS, json.dumps(document, indent=1).encode())


def opened(folder: Path) -> Built:
    """Raises InputError when the folder holds no such build."""
    try:
        raw = json.loads((folder / LAYERS).read_text("utf-8"))
        places = {n: Place(**{**p, "nodes": tuple(p["nodes"])}) for n, p in raw["layers"].items()}
        options = Options.model_validate(raw["options"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fix = "build it with `edgekit build --target openvino`"
        raise InputError(str(folder), f"holds no OpenVINO build: {_first_line(error)}", fix) from error
    return Built(tflite.load(folder / MODEL), options, places)


def require_device(found: Any, device: str) -> str:
    """The device's full name. Raises ToolError when it is not here."""
    here = [name.split(".")[0] for name in found.available_devices]
    if device not in here:
        raise ToolError(
            f"OpenVINO device {device}", f"is not on this machine, which has {', '.join(here) or 'none'}",
            f"choose one of them with `device` in the recipe, or run the folder where a {device} is",
        )  # fmt: skip
    return str(found.get_property(device, "FULL_DEVICE_NAME")).strip()


def compiled(model: Any, options: Options, hint: str | None = None, **more: object) -> Any:
    """Compile a model or an .xml for the device; `hint` overrides the option's. Raises ToolError."""
    found = core()
    require_device(found, options.device)
    properties = {**options.properties(hint), **more}
    try:
        return found.compile_model(model, options.device, properties)
    except RuntimeError as error:
        raise RefusedError(f"OpenVINO {options.device}", f"refuses the model: {_first_line(error)}") from error


def vehicle(options: Options) -> str:
    found = core()
    return f"OpenVINO {version()} {options.device} ({require_device(found, options.device)})"


def run_all(model: Any, options: Options, samples: Iterable[Mapping[str, Array]]) -> list[dict[str, Array]]:
    """Outputs by name for every sample, in order, through a ring of asynchronous requests. Raises ToolError.

    AsyncInferQueue is not used: its callbacks may drop the last reference to a model on one of the model's own threads,
    which ends the process ("Resource deadlock avoided", OpenVINO 2026.4).
    """
    ring = requests(model, options)
    names = {name: port for port in model.outputs for name in port.get_names()}
    found: list[dict[str, Array]] = []
    waiting: deque[Any] = deque()

    def finish() -> None:
        request = waiting.popleft()
        request.wait()
        found.append({name: request.get_tensor(port).data.copy() for name, port in names.items()})
        ring.append(request)

    try:
        for sample in samples:
            if not ring:
                finish()
            request = ring.pop()
            request.start_async(dict(sample))
            waiting.append(request)
        while waiting:
            finish()
    except RuntimeError as error:
        raise RefusedError(f"OpenVINO {options.device}", f"fails on the model: {_first_line(error)}") from error
    return found


def requests(model: Any, options: Options) -> list[Any]:
    """As many requests as the options say, or as OpenVINO finds best for the hint."""
    count = options.requests or int(model.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
    return [model.create_infer_request() for _ in range(count)]


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__
