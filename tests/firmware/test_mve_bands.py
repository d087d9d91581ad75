"""Helium convolutions by bands of rows: the simulator's integers for every way that windows lie in scratch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve import _bands
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import Case, prove

KERNEL = "conv_2d_bands_mve"
THREE = (3, 3)
# batches, height, width, input and output channels, kernel, stride, padding
LAYERS: tuple[tuple[int, int, int, int, int, tuple[int, int], tuple[int, int], Padding], ...] = (
    (1, 9, 12, 3, 8, THREE, (1, 1), "same"), (2, 20, 40, 3, 8, THREE, (2, 2), "same"),
    (1, 5, 5, 3, 16, THREE, (1, 1), "valid"), (1, 4, 7, 1, 8, THREE, (1, 1), "same"),
    (2, 3, 3, 2, 12, THREE, (2, 2), "same"), (1, 64, 50, 1, 8, THREE, (1, 1), "same"),
    (1, 6, 6, 4, 16, THREE, (1, 1), "same"), (2, 7, 5, 5, 10, THREE, (1, 1), "same"),
    (1, 7, 9, 8, 8, THREE, (2, 2), "same"), (1, 40, 40, 8, 8, THREE, (1, 1), "same"),
    (1, 5, 7, 16, 4, THREE, (1, 1), "same"), (1, 6, 5, 24, 3, THREE, (1, 2), "same"),
    (1, 5, 5, 33, 1, THREE, (1, 1), "same"), (1, 5, 9, 64, 8, THREE, (1, 1), "same"),
    (2, 6, 11, 4, 1, THREE, (1, 1), "same"), (1, 9, 9, 2, 6, (5, 5), (1, 1), "same"),
    (1, 8, 8, 6, 20, (2, 2), (1, 1), "valid"), (1, 12, 6, 1, 9, (10, 4), (2, 2), "same"),
    (1, 1, 30, 8, 8, (1, 3), (1, 1), "same"), (1, 30, 1, 4, 7, (3, 1), (1, 1), "same"),
    (1, 1, 50, 20, 8, (1, 5), (1, 1), "same"), (1, 6, 1, 3, 8, THREE, (1, 1), "same"),
    (1, 2, 2, 3, 8, THREE, (1, 1), "same"), (1, 3, 9, 3, 5, THREE, (3, 3), "valid"),
    (1, 5, 7, 16, 16, THREE, (1, 1), "same"), (1, 7, 8, 5, 8, (5, 5), (1, 1), "same"),
    (2, 30, 30, 16, 8, THREE, (1, 1), "same"),
    (1, 4, 5, 64, 3, THREE, (1, 1), "same"), (1, 8, 5, 3, 3, (5, 5), (2, 2), "same"),
    (1, 5, 5, 10, 2, (5, 3), (1, 2), "same"), (1, 9, 1, 5, 3, (5, 1), (2, 1), "same"),
    (1, 9, 1, 20, 5, (5, 1), (2, 1), "same"),
)  # fmt: skip


def layers() -> Iterator[Graph]:
    rng = np.random.default_rng(11)
    for i, (batches, height, width, in_c, out_c, kernel, stride, padding) in enumerate(LAYERS):
        b = Builder("bands", (batches, height, width, in_c), int(rng.integers(1000)))
        op = Conv2D(stride, padding=padding, activation=("none", "relu6")[i % 2])
        graph = b.ended(b.weighted(op, "input", (out_c, *kernel, in_c), 0))
        x = graph.tensors["input"]
        graph.tensors["input"] = replace(
            x, quantization=Quantization.per_tensor(float(x.scale), int(rng.integers(-128, 128)))
        )
        if i % 3 == 0:  # a clamp inside the range
            y = graph.tensors[graph.outputs[0]]
            graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(0.06, -5))
        yield graph


def _candidates(graph: Graph) -> list[Call]:
    return [c for c in candidates_of(graph, graph.nodes[0], "cortex-m55") if isinstance(c, Call)]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, ways, units, seen = [], set(), set(), set()
    for i, graph in enumerate(layers()):
        for j, call in enumerate(_candidates(graph)):
            if call.kernel == KERNEL:
                cases.append(Case(f"bands_{i}_{j}", graph, i, 2, 64, candidate=j))
                f = dict[str, Any](call.fields)
                ways.add((f["way"], f["finish"]))
                units |= {int(f["weights"][2])} if f["way"] == _bands.UNITS else set()
                seen |= {("strips", f["strips"]), ("parts", f["parts"]), ("bands", f["band"] < f["out_h"])}
                seen |= {("odd", f["part"][5]), ("chunks", f["rows"][2] > 0)}
    assert {way for way, _ in ways} == set(range(5)) and {end for _, end in ways} == set(range(4)), ways
    assert units == set(range(8)) and len(seen) == 10, (units, seen)
    prove(cases, "qemu-m55", tmp_path / "program")


def test_only_where_windows_overlap_the_image() -> None:
    b = Builder("bands", (1, 9, 9, 3), 0)
    for op in (Conv2D(dilation=(2, 1)), Conv2D((4, 4))):
        graph = b.ended(b.weighted(op, "input", (8, 3, 3, 3), 0))
        assert _bands.bands(_candidates(graph)[-1]) is None
