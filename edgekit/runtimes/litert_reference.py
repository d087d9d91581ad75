"""LiteRT with its BUILTIN_REF kernels, one thread."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Any

from numpy.typing import NDArray

from edgekit.errors import ToolError

ARITHMETIC = "litert-reference"
RESOLVER = "BUILTIN_REF"


def version() -> str:
    return f"ai-edge-litert {metadata.version('ai-edge-litert')}"


class Session:
    """Raises ToolError when LiteRT refuses the model."""

    def __init__(self, data: bytes, resolver: str = RESOLVER) -> None:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        try:
            self._interpreter = Interpreter(
                model_content=data, experimental_op_resolver_type=OpResolverType[resolver], num_threads=1
            )
            self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise ToolError("LiteRT", f"refuses the model: {error}") from error
        self._inputs = {d["name"]: d["index"] for d in self._interpreter.get_input_details()}
        self._outputs = {d["name"]: d["index"] for d in self._interpreter.get_output_details()}

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        for name, index in self._inputs.items():
            self._interpreter.set_tensor(index, inputs[name])
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}
