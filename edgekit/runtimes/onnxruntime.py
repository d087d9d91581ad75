"""ONNX Runtime's int8 kernels on the CPU: the graph as Q/DQ ONNX, fused by the runtime itself, one thread."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Any

from numpy.typing import NDArray

from edgekit.errors import ToolError

ARITHMETIC = "onnxruntime"


def version() -> str:
    return f"onnxruntime {metadata.version('onnxruntime')}"


class Session:
    """Raises ToolError when ONNX Runtime refuses the model."""

    def __init__(self, data: bytes) -> None:
        import onnxruntime

        from edgekit.export import onnx
        from edgekit.frontend.tflite import read

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        # Without it every int8 tensor of a whole network becomes uint8 first, and most layers stay in float.
        options.add_session_config_entry("session.qdqisint8allowed", "1")
        try:
            self._session = onnxruntime.InferenceSession(onnx.write(read(data)), options, ["CPUExecutionProvider"])
        except Exception as error:
            raise ToolError("ONNX Runtime", f"refuses the model: {error}") from error
        self._outputs = [output.name for output in self._session.get_outputs()]

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        return dict(zip(self._outputs, self._session.run(None, dict(inputs)), strict=True))
