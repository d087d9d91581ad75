"""What a build folder's firmware runs on: a board at a serial port, QEMU, or a process on the host."""

from __future__ import annotations

import binascii
import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.options import Options
from edgekit.device.emulator import emulator, instructions
from edgekit.device.emulator import version as qemu_version
from edgekit.device.link import Link, SerialLink
from edgekit.device.process import process
from edgekit.device.session import CHUNK, LARGEST_CHUNK, Session
from edgekit.errors import InputError, ToolError
from edgekit.frontend.tflite import load
from edgekit.graph import Graph
from edgekit.verification import LayerDifference, Verification

Array = NDArray[Any]
IMAGE, FACTS, MODEL = "firmware.elf", "firmware.json", "model.tflite"
CALL_INSTRUCTIONS = 64  # what a call of a layer may cost more or less in the loop over them than by itself, at most


@dataclass
class Vehicle:
    """A running firmware.

    Attributes: graph: the model; name: runtime and version for people; session: the conversation; facts: firmware.json.
    """

    graph: Graph
    name: str
    session: Session
    facts: Mapping[str, Any]
    options: Options

    def run(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """One sample, integer arrays by name."""
        graph = self.graph
        outputs = [graph.tensors[name] for name in graph.outputs]
        places = {int(self.facts["offsets"][t.name]): t.bytes for t in outputs}
        found = self.session.infer(self._bytes(arrays), places)
        return {t.name: np.frombuffer(b, t.dtype).reshape(t.shape) for t, b in zip(outputs, found, strict=True)}

    def verify(self, inputs: Mapping[str, Array]) -> Verification:
        """Every layer of every sample by CRC. A layer whose CRC differs counts all its values as differing."""
        from edgekit.reference import Simulator

        simulator = Simulator(self.graph)
        arrays, count = simulator.prepare_inputs(inputs)
        expected = simulator.run(arrays, layers=True)
        producers = self.graph.producers()
        names = list(self.facts["layers"])
        bad = dict.fromkeys(names, 0)
        for i in range(count):
            crcs = self.session.layer_crcs(self._bytes(_sample(arrays, self.graph, i)))
            for name, crc in zip(names, crcs, strict=True):
                want = _sample({n: expected[n] for n in producers[name].outputs}, self.graph, i)
                bad[name] += f"{binascii.crc32(b''.join(a.tobytes() for a in want.values())):08x}" != crc
        layers = tuple(
            LayerDifference(
                name,
                self._operator(name),
                sum(expected[n].size for n in producers[name].outputs),
                bad[name] * sum(t.elements for t in self.graph.node_outputs(producers[name])),
                float("nan") if bad[name] else 0.0,
            )
            for name in names
        )
        return Verification(self.facts["target"], self.name, self.graph.arithmetic, count, layers)

    def bench(self) -> dict[str, Any]:
        """Counts per layer and in total, in the board's unit; bytes of arena, stack and flash."""
        total, layers = self.session.times(bytes(self.session.info.input))
        producers = self.graph.producers()
        rows = []
        for name, ticks in zip(self.facts["layers"], layers, strict=True):
            nodes = [producers[n] for n in self._nodes(name)]
            macs = sum(n.op.macs(self.graph.node_inputs(n), self.graph.node_outputs(n)) for n in nodes)
            rows.append({"layer": name, "op": self._operator(name), "macs": macs, "count": self._count(ticks)})
        if self.options.emulator is not None:
            self._plausible(rows, self._count(total))
        info = self.session.ask_info()
        sizes = {
            k: self.facts[k] for k in ("text_bytes", "data_bytes", "bss_bytes", "flash_code_bytes") if k in self.facts
        }
        return {
            "vehicle": self.name, "unit": info.unit, "total": self._count(total), "macs": self.graph.macs(),
            "layers": rows, "arena_bytes": info.arena, "arena_bound_bytes": self.facts["arena_bound_bytes"],
            "stack_bytes": info.stack, "constant_bytes": self.facts["constant_bytes"], **sizes,
            "groups": self.facts.get("groups"), "hz": info.hz, "retries": self.session.retries,
        }  # fmt: skip

    def _nodes(self, layer: str) -> list[str]:
        """The nodes that a layer of the firmware computes."""
        groups: dict[str, list[str]] = self.facts.get("groups", {}).get("layers", {})
        return groups.get(layer, [layer])

    def _operator(self, layer: str) -> str:
        """Of a group, the operators of its first and last node."""
        producers, nodes = self.graph.producers(), self._nodes(layer)
        last = producers[nodes[-1]].op.name
        return last if len(nodes) == 1 else f"{producers[nodes[0]].op.name} .. {last} ({len(nodes)})"

    def _count(self, ticks: int) -> int:
        e = self.options.emulator
        return ticks if e is None else instructions(ticks, e.hz, e.icount_shift)

    def _plausible(self, rows: list[dict[str, Any]], total: int) -> None:
        """A timer of 32 bits that overflows within an inference must not give a number."""
        apart = total - sum(row["count"] for row in rows)
        if abs(apart) > CALL_INSTRUCTIONS * (1 + len(rows)):
            raise ToolError(
                self.name, f"its timer counts {total:,} instructions for all layers, {total - apart:,} one by one",
                "the inference is too long for the timer of 32 bits",
            )  # fmt: skip

    def _bytes(self, arrays: Mapping[str, Array]) -> bytes:
        return b"".join(np.ascontiguousarray(arrays[name]).tobytes() for name in self.graph.inputs)


@contextlib.contextmanager
def start(folder: Path, port: str | None = None) -> Iterator[Vehicle]:
    """Start the firmware of a build folder, or reach it on a board.

    Raises:
        InputError: the folder holds no firmware. ToolError: the vehicle is missing or does not answer.
        VerificationError: the board runs another model.
    """
    facts, options = read_facts(folder)
    graph = load(folder / MODEL)
    with _link(folder, options, port) as (link, name):
        chunk = CHUNK if port is not None else LARGEST_CHUNK
        yield Vehicle(graph, name, Session(link, graph.fingerprint(), chunk=chunk), facts, options)


def read_facts(folder: Path) -> tuple[dict[str, Any], Options]:
    """What the build has written of its firmware, and its target's options. Raises InputError."""
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        return facts, Options.model_validate(facts["options"])
    except (OSError, ValueError, KeyError) as error:
        raise InputError(str(folder), f"holds no firmware: {error}", "build it with `edgekit build`") from error


@contextlib.contextmanager
def _link(folder: Path, options: Options, port: str | None) -> Iterator[tuple[Link, str]]:
    image = folder / IMAGE
    if port is not None:
        link = SerialLink(port)
        try:
            yield link, f"board at {port}"
        finally:
            link.close()
        return
    if options.harness in ("", "bare"):
        raise ToolError("board", "none is given", "`edgekit flash` this build, then give the board's --port")
    if not image.is_file():
        raise InputError(str(folder), f"holds no {IMAGE}", "install the compiler (`edgekit doctor`) and build again")
    if options.emulator is not None:
        with emulator(image, options.emulator.machine, options.emulator.icount_shift) as link:
            yield link, f"{qemu_version()} {options.emulator.machine}"
    else:
        with process(image) as pipe:
            yield pipe, "host process"


def _sample(arrays: Mapping[str, Array], graph: Graph, index: int) -> dict[str, Array]:
    lengths = {n: graph.tensors[n].shape[0] if graph.tensors[n].shape else 1 for n in arrays}
    return {n: np.ascontiguousarray(a[index * lengths[n] : (index + 1) * lengths[n]]) for n, a in arrays.items()}
