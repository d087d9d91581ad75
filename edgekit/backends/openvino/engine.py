"""OpenVINO itself: reading an IR, compiling it for a device, running many samples."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgekit import files
from edgekit.backends._contract import Array
from edgekit.backends.openvino.options import Options
from edgekit.doctor import probe
from edgekit.doctor.tools.openvino import TOOL
from edgekit.errors import InputError, ToolError
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


def core() -> Any:
    """Raises ToolError."""
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


def compiled(model: Any, options: Options, **more: object) -> Any:
    """Compile a model or an .xml for the device. Raises ToolError."""
    found = core()
    require_device(found, options.device)
    properties = {**options.properties(), **more}
    try:
        return found.compile_model(model, options.device, properties)
    except RuntimeError as error:
        raise ToolError(f"OpenVINO {options.device}", f"refuses the model: {_first_line(error)}") from error


def vehicle(options: Options) -> str:
    found = core()
    return f"OpenVINO {version()} {options.device} ({require_device(found, options.device)})"


def run_all(model: Any, options: Options, samples: Sequence[Mapping[str, Array]]) -> list[dict[str, Array]]:
    """Outputs by name for every sample, in order, through a queue of asynchronous requests. Raises ToolError."""
    import openvino

    found: list[dict[str, Array]] = [{} for _ in samples]
    names = {name: port for port in model.outputs for name in port.get_names()}

    def keep(request: Any, index: int) -> None:
        found[index] = {name: request.get_tensor(port).data.copy() for name, port in names.items()}

    queue = openvino.AsyncInferQueue(model, options.requests or 0)
    queue.set_callback(keep)
    try:
        for index, sample in enumerate(samples):
            queue.start_async(dict(sample), index)
        queue.wait_all()
    except RuntimeError as error:
        raise ToolError(f"OpenVINO {options.device}", f"fails on the model: {_first_line(error)}") from error
    return found


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__
