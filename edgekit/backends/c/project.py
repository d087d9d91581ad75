"""The build folder of a microcontroller: generated code, harness, project files of the common build systems, image."""

from __future__ import annotations

import hashlib
import json
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

from edgekit.arrays import load_arrays
from edgekit.backends._contract import Artifact
from edgekit.backends.c import toolchain
from edgekit.backends.c.fit import division_for
from edgekit.backends.c.generate import generate
from edgekit.backends.c.groups import price
from edgekit.backends.c.layers import called_layers, steps, weight_bytes
from edgekit.backends.c.options import Options, options_of
from edgekit.backends.c.packages import Array, write_packages
from edgekit.errors import InputError
from edgekit.frontend.tflite import write
from edgekit.graph import Graph
from edgekit.reference import Simulator
from edgekit.target import Target
from edgekit.verification import random_inputs

IMAGE = "firmware.elf"
FACTS = "firmware.json"


def firmware_folder() -> Path:
    """The C runtime: the wheel's, or the checkout's. Raises InputError."""
    wheel = Path(str(resources.files("edgekit"))) / "data" / "firmware"
    checkout = Path(__file__).resolve().parents[3] / "firmware"
    for folder in (wheel, checkout):
        if (folder / "src").is_dir():
            return folder
    raise InputError("edgekit", "its firmware folder is missing from this installation", "install edgekit again")


def runtime_digest() -> str:
    """First 12 hex digits of the SHA-256 over the C runtime's files."""
    root, found = firmware_folder(), hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".c", ".cpp", ".h", ".ld")):
        found.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]


def write_project(graph: Graph, target: Target, folder: Path, model: str) -> Artifact:
    """Write everything; compile and link when the target's compiler is on this machine."""
    options = options_of(target)
    firmware = firmware_folder()
    (folder / model).write_bytes(write(graph))
    division, notes = division_for(graph, target)
    made = generate(graph, folder, firmware, options.core, calls=division.calls, groups=division.groups)
    copy_harness(folder, firmware, options)
    golden = write_packages(graph, target, options, folder, _golden(graph, folder))
    facts: dict[str, Any] = {
        "target": target.name,
        "options": options.model_dump(mode="json"),
        "link_flags": toolchain.link_flags(options),
        "arena_bytes": made.memory.arena,
        "arena_bound_bytes": made.memory.plan.bound,
        "arena_strategy": made.memory.plan.strategy,
        "scratch_bytes": max((step.scratch for _, step in steps(made.calls, made.groups)), default=0),
        "constant_bytes": made.constants,
        "weight_bytes": weight_bytes(graph, made.calls, made.groups),
        "kernels": list(made.kernels),
        "golden_on_board": golden,
        "layers": called_layers(graph, made.calls, made.groups),
        "groups": price(graph, division, options.core),
        "offsets": {name: made.memory.tensors[name] for name in graph.outputs},
    }
    compiled: bool | None = False
    if toolchain.find(options) is None:
        install = toolchain.INSTALL.get(options.compiler, "")
        notes.append(f"compiled: no. {options.compiler or 'A compiler'} is not on this machine: {install}")
    else:
        toolchain.build(folder, options, IMAGE)
        sizes = toolchain.sizes(folder / IMAGE, options)
        facts |= {"text_bytes": sizes.text, "data_bytes": sizes.data, "bss_bytes": sizes.bss}
        facts["flash_code_bytes"] = sizes.text + sizes.data - made.constants
        compiled = True
    if options.harness == "bare":
        linked = "compiled with its flags and linked against its memory map" if compiled else "not compiled"
        notes.append(f"{target.title}: {linked} on this machine, NOT RUN on the board")
    (folder / FACTS).write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    return Artifact(tuple(names), model, compiled, facts, tuple(notes))


def copy_harness(folder: Path, firmware: Path, options: Options) -> None:
    """The files of `firmware/harness` that the target's program is made of."""
    names = ["board.h", "layers.h", "words.h", "inference.h", "mlperf.h", "protocol.h", "protocol.c"]
    names += [f"board_{options.harness}.c"] if options.harness else []
    names += ["board_arduino.cpp"] if options.platformio is not None else ["board_host.c"]
    names += ["startup.h", "mps.ld", "mps_split.ld"] if options.map is not None else []
    for name in dict.fromkeys(names):
        shutil.copyfile(firmware / "harness" / name, folder / "harness" / name)


def _golden(graph: Graph, folder: Path) -> tuple[dict[str, Array], dict[str, Array]]:
    """The build's golden vectors, which the pipeline has put there; random ones in a folder without."""
    inputs, outputs = (folder / "golden" / name for name in ("inputs.npz", "outputs.npz"))
    if inputs.is_file() and outputs.is_file():
        return load_arrays(inputs), load_arrays(outputs)
    simulator = Simulator(graph)
    exact, _ = simulator.prepare_inputs(random_inputs(graph, 2))
    return exact, simulator.run(exact)
