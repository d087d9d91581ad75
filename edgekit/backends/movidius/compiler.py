"""Asking OpenVINO 2021.4.2 in its own environment: which layers the chip runs, and the blob."""

from __future__ import annotations

import json
import subprocess
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

from edgekit.backends.movidius import environment
from edgekit.backends.movidius.options import Options
from edgekit.errors import ToolError
from edgekit.export import onnx
from edgekit.export.onnx import Style
from edgekit.graph import Graph

STYLE = Style(opset=13)  # the newest that OpenVINO 2021.4 reads whole


def unsupported(graph: Graph, options: Options) -> dict[str, list[str]]:
    """By layer of a float graph, the nodes that the chip does not run. Raises ToolError, UnsupportedError."""
    with tempfile.TemporaryDirectory(prefix="edgekit-movidius-") as scratch:
        onnx.save(graph, Path(scratch) / "model.onnx", STYLE)
        answer = _ask({"do": "query", "model": str(Path(scratch) / "model.onnx")}, Path(scratch), options)
    owner = {node: name for name, place in onnx.places(graph, STYLE).items() for node in place.nodes}
    found: dict[str, list[str]] = {}
    strangers: list[str] = []  # what OpenVINO made of a layer itself, in front of the node that has its name
    for node in answer["left"]:
        layer = owner.get(node) or owner.get(node.split("/")[0])
        if layer is None:
            strangers.append(node)
            continue
        found.setdefault(layer, []).extend([*strangers, node])
        strangers = []
    return found | {node: [node] for node in strangers}


def compile_blob(model: Path, blob: Path, options: Options) -> dict[str, Any]:
    """Write the blob; what the compiler said. Raises ToolError."""
    job = {"do": "compile", "model": str(model), "blob": str(blob), "shaves": options.shaves, "slices": options.slices}
    with tempfile.TemporaryDirectory(prefix="edgekit-movidius-") as scratch:
        return _ask(job, Path(scratch), options)


def _ask(job: dict[str, Any], folder: Path, options: Options) -> dict[str, Any]:
    python = environment.require()
    path = folder / "job.json"
    path.write_text(json.dumps(job), "utf-8")
    worker = Path(str(resources.files(__package__))) / "worker.py"
    where = f"openvino {environment.VERSION}"
    try:
        done = subprocess.run(
            [str(python), str(worker), str(path)], capture_output=True, timeout=options.timeout, check=False,
            stdin=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ToolError(where, f"did not finish in {options.timeout} s and was stopped", "raise the timeout") from error
    try:
        answer: dict[str, Any] = json.loads(Path(f"{path}.answer").read_text("utf-8"))
    except (OSError, ValueError) as error:
        tail = done.stderr.decode("utf-8", "replace").strip()[-200:]
        raise ToolError(where, f"ended with {done.returncode} and no answer: {tail}", environment.INSTALL) from error
    if "error" in answer:
        raise ToolError(where, f"cannot {job['do']} this model: {answer['error'][:400]}")
    return answer
