"""What an export target says about a vendor's compiler: all of it is in the target's file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from edgekit.graph import Graph
from edgekit.recipe import Section, validated
from edgekit.target import Target

FILES = {"onnx": "model.onnx", "tflite": "model.tflite"}


class Options(Section):
    """Options of the export backend. `command` and `read` come from the vendor's documents."""

    format: Literal["onnx", "tflite"] = Field("onnx", description="float32 ONNX, which the vendor quantizes; or int8")
    opset: int = Field(13, ge=9, le=18, description="of the ONNX file")
    opsets: tuple[int, int] = Field((9, 18), description="first and last opset that the vendor's parser reads")
    max_rank: int = Field(4, ge=1, le=8, description="most axes that a tensor may have")
    rules: Literal["", "tidl"] = Field("", description="whose published rules of layers are checked")
    host_layers: bool = Field(False, description="layers that these rules keep off may stay on the device's CPU")
    tool: str = Field(description="the vendor's compiler, as people call it")
    tool_versions: str = Field("", description="versions that the documents are about")
    command: tuple[str, ...] = Field(
        description="its command line; {model}, {inputs} (NAME:1,2,3;...), {samples} and {output} are filled in"
    )
    then: tuple[str, ...] = Field((), description="further command lines, as text")
    program: Literal["", "magicmind.py", "tidl.py"] = Field("", description="a program that the command starts")
    chip: str = Field("", pattern=r"^[\w.-]*$", description="the chip, where the command names it: {chip}")
    precision: str = Field("", pattern=r"^\w*$", description="the vendor's word for it, where it has one: {precision}")
    read: tuple[str, ...] = Field((), description="the documents that were read, with what they say")

    def line(self, graph: Graph) -> list[str]:
        """The command for this graph."""
        inputs = ";".join(f"{n}:{','.join(str(d) for d in graph.tensors[n].shape)}" for n in graph.inputs)
        shapes = ",".join(str(d) for n in graph.inputs[:1] for d in graph.tensors[n].shape)
        values = {
            "model": FILES[self.format], "inputs": inputs, "shape": shapes, "input": (graph.inputs or [""])[0],
            "result": (graph.outputs or [""])[0], "samples": "samples/list.txt", "output": "model_compiled",
            "chip": self.chip, "precision": self.precision,
        }  # fmt: skip
        return [part.format(**values) for part in self.command]


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
