"""Running a Coral artifact: on an Edge TPU through libedgetpu, or on the host through LiteRT's reference kernels."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from edgekit.backends._contract import Array, Run, per_sample
from edgekit.errors import ToolError

LIBRARY = "libedgetpu.so.1"


class _Device(ctypes.Structure):
    """`edgetpu_device` of the public header edgetpu_c.h: type (PCI or USB) and path."""

    _fields_ = (("type", ctypes.c_int), ("path", ctypes.c_char_p))


def devices() -> list[str]:
    """Paths of attached Edge TPUs; empty without libedgetpu or without a device."""
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        return []
    library.edgetpu_list_devices.restype = ctypes.POINTER(_Device)
    count = ctypes.c_size_t(0)
    found = library.edgetpu_list_devices(ctypes.byref(count))
    paths = [(found[i].path or b"?").decode("utf-8", "replace") for i in range(count.value)]
    if found:
        library.edgetpu_free_devices(found)
    return paths


def versions() -> dict[str, str]:
    try:
        library = ctypes.CDLL(LIBRARY)
        library.edgetpu_version.restype = ctypes.c_char_p
        text = library.edgetpu_version().decode("utf-8", "replace")
    except (OSError, AttributeError):
        text = "not installed"
    return {"libedgetpu": text, "ai-edge-litert": metadata.version("ai-edge-litert")}


def run(model: Path, compiled: Path, inputs: Mapping[str, Array]) -> Run:
    """Run `compiled` on an Edge TPU if both are here, else `model` on the host. Raises InputError, ToolError."""
    from edgekit.frontend.tflite import load

    graph = load(model)
    if compiled.is_file() and devices():
        interpreter = _delegated(compiled)
        return Run(per_sample(graph, inputs, interpreter.run), f"Edge TPU, {versions()['libedgetpu']}", True)
    from edgekit.runtimes import litert_reference

    session = litert_reference.Session(model.read_bytes())
    why = "the model is not compiled" if not compiled.is_file() else "no Edge TPU is attached"
    vehicle = f"{litert_reference.version()} BUILTIN_REF on the host"
    return Run(per_sample(graph, inputs, session.run), vehicle, False, f"not on an Edge TPU: {why}")


def describe_all(paths: Sequence[Path]) -> dict[str, Any]:
    """What the reader of compiled models finds in each file, by file name."""
    from edgekit.backends.coral.compiled import read

    return {"compiled_models": {path.name: read(path.read_bytes(), path.name).facts() for path in paths}}


class _delegated:
    """A compiled model with libedgetpu's delegate."""

    def __init__(self, path: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter, load_delegate

        try:
            delegate = load_delegate(LIBRARY)
            self._interpreter = Interpreter(model_path=str(path), experimental_delegates=[delegate])
            self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError, OSError) as error:
            raise ToolError(
                "Edge TPU", f"refuses the model: {error}", "is another process using the device?"
            ) from error
        self._inputs = {d["name"]: d["index"] for d in self._interpreter.get_input_details()}
        self._outputs = {d["name"]: d["index"] for d in self._interpreter.get_output_details()}

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        for name, index in self._inputs.items():
            self._interpreter.set_tensor(index, inputs[name])
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}
