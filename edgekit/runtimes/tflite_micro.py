"""TensorFlow Lite Micro's interpreter with its reference kernels (PyPI tflite-micro)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import ToolError

ARITHMETIC = "tflm"


def version() -> str:
    """Raises ToolError when the package is absent."""
    try:
        return f"tflite-micro {metadata.version('tflite-micro')}"
    except metadata.PackageNotFoundError as error:
        raise ToolError("tflite-micro", "is not installed", 'pip install "edgekit[tflite-micro]"') from error


class Session:
    """Raises ToolError when TensorFlow Lite Micro refuses the model."""

    def __init__(self, data: bytes) -> None:
        from edgekit.frontend.tflite import read

        version()
        from tflite_micro.python.tflite_micro import runtime

        graph = read(data)
        self._inputs, self._outputs = graph.inputs, graph.outputs
        self._shapes = [graph.tensors[name].shape for name in graph.outputs]
        # Room for every activation and int32 scratch of its length at once, beside the records that grow with the file.
        arena = 10 * len(data) + 8 * sum(t.bytes for t in graph.activations()) + (1 << 16)
        try:
            self._interpreter = runtime.Interpreter.from_bytes(data, arena_size=arena)
        except (RuntimeError, ValueError) as error:
            raise ToolError("TensorFlow Lite Micro", f"refuses the model: {error}") from error

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        for index, name in enumerate(self._inputs):
            self._interpreter.set_input(np.ascontiguousarray(inputs[name]), index)
        try:
            self._interpreter.invoke()
        except RuntimeError as error:
            raise ToolError("TensorFlow Lite Micro", f"fails on the model: {error}") from error
        found = [np.array(self._interpreter.get_output(i)) for i in range(len(self._outputs))]
        return {n: a.reshape(s) for n, a, s in zip(self._outputs, found, self._shapes, strict=True)}
