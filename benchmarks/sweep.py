"""Layers of many shapes on an emulated core: instructions per MAC beside a limit, worst first.

Every layer is compiled with the form that the generator chooses for it; executed instructions are counted by QEMU,
requantization, padding and all preparation included, MACs count padding. A layer over its limit is `bounded` where no
form of this kind could keep it: `bound` is what its outputs, products and inputs take at the least (see bounds.py). It
is `argued` where so much is not proven, but no schedule that was tried or searched for takes less; else `OUTSIDE`.
`BEATEN` is a layer below its bound, which then is wrong. The last line of a class says by what factor the layers over
their limit are above the larger of limit and bound: how near kernels come to what is possible.

Cycles are estimated ones, predicted as `edgekit analyze` does and not logged; `-` where they are not known.

    python -m benchmarks.sweep --core m4                               the worst layers of every class
    python -m benchmarks.sweep --core m55 --kind depthwise --top 40    more of one class
    python -m benchmarks.sweep --core m4 --window 3x3 --window 1x1     only these windows (and fully connected layers)
    python -m benchmarks.sweep --core m4 --every 8 --json              every eighth layer, as JSON
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from benchmarks import apart, bounds, bounds_words_dsp
from benchmarks.graphs import Builder
from benchmarks.kernels import COMPILER
from benchmarks.sweep_table import show
from ci.layer_counts import count, picked
from edgekit.backends.c import counts
from edgekit.backends.c.budget import KINDS, PER_MAC
from edgekit.backends.c.call import Call
from edgekit.backends.c.choice import fastest
from edgekit.backends.c.counts._window import axis
from edgekit.backends.c.options import level_of, options_of
from edgekit.device.emulator import QEMU
from edgekit.errors import EdgekitError
from edgekit.graph import Graph
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.target import find_target

LIMITS = {core: PER_MAC["mve" if core == "m55" else "dsp"] for core in ("m4", "m7", "m33", "m55")}
MOST_WEIGHTS, MOST_MACS, MOST_INPUT = 40_000, 3_000_000, 65_536
FEWER_PRODUCTS = ("winograd",)  # in names of kernels, for which bounds do not hold
CHUNK_BYTES = 1 << 20  # of weights in one program
Shape = tuple[int, int]


@dataclass(frozen=True)
class Layer:
    """One layer: `terms` products for each output."""

    kind: str
    name: str
    graph: Graph
    terms: int

    @property
    def outputs(self) -> int:
        return self.graph.tensors[self.graph.outputs[0]].elements

    @property
    def channels(self) -> int:
        """Inputs that one tap of a window has."""
        shape = self.graph.tensors["input"].shape
        return 1 if self.kind == "depthwise" else shape[-1]

    @property
    def inputs(self) -> int:
        """Those that are read: not all where strides are larger than windows."""
        channels, y = self.graph.tensors["input"].shape[-1], self.graph.tensors[self.graph.outputs[0]].shape
        channels = channels if self.kind == "depthwise" else 1
        return min(self.graph.tensors["input"].elements, prod(y[:-1]) * self.terms * channels)

    def shape(self, inside: Mapping[int, int]) -> bounds.Shape:
        """`inside`: how many windows have how many taps inside the input."""
        y, op = self.graph.tensors[self.graph.outputs[0]].shape, self.graph.nodes[0].op
        row = y[2] if isinstance(op, Conv2D) and op.stride != (1, 1) else 0
        sizes = (y[0], prod(y[:-1]), self.outputs, self.inputs, self.channels, self.terms)
        together, multipliers = bounds_words_dsp.of_graph(self.graph), bounds_words_dsp.multipliers(self.graph)
        return bounds.Shape(self.kind, *sizes, inside, row, together, multipliers)


@dataclass(frozen=True)
class Found:
    """A layer, its instructions and predicted cycles, and the kernel that the generator chose."""

    layer: Layer
    kernel: str
    instructions: int
    cycles: float | None
    limit: float
    bound: float
    argued: float

    @property
    def macs(self) -> int:
        return self.layer.outputs * self.layer.terms

    @property
    def per_mac(self) -> float:
        return self.instructions / self.macs

    @property
    def cycles_per_mac(self) -> float | None:
        return None if self.cycles is None else self.cycles / self.macs

    @property
    def factor(self) -> float | None:
        """Above the larger of limit and bound; None within the limit, and below a bound that does not hold."""
        return self.per_mac / max(self.limit, self.bound) if self.per_mac > self.limit and not self.below else None

    @property
    def below(self) -> bool:
        """Below its bound, of a kernel for which bounds do not hold."""
        return self.per_mac < self.bound and any(word in self.kernel for word in FEWER_PRODUCTS)

    @property
    def verdict(self) -> str:
        if self.per_mac < self.bound and not self.below:
            return "BEATEN"
        if self.per_mac <= self.limit:
            return ""
        return "bounded" if self.bound > self.limit else "argued" if self.argued > self.limit else "OUTSIDE"


def conv(kernel: Shape, stride: int, in_c: int, out_c: int, size: Shape, batch: int = 1,
         padding: Padding = "same") -> Layer | None:  # fmt: skip
    """A convolution; None where the window does not fit."""
    (kh, kw), (h, w) = kernel, size
    if padding == "valid" and (h < kh or w < kw):
        return None
    b = Builder("conv", (batch, h, w, in_c), kh + kw)
    y = b.weighted(Conv2D((stride, stride), padding=padding), "input", (out_c, kh, kw, in_c), 0)
    kind = "pointwise" if kh * kw == 1 else "conv"
    name = f"{kh}x{kw} {in_c}->{out_c} {h}x{w} s{stride} b{batch} {padding}"
    return Layer(kind, name, b.ended(y), kh * kw * in_c)


def depthwise(kernel: Shape, stride: int, channels: int, multiplier: int, size: Shape, batch: int = 1,
              dilation: int = 1) -> Layer:  # fmt: skip
    """A depthwise convolution into `multiplier` channels for each."""
    b = Builder("depthwise", (batch, *size, channels), sum(kernel))
    op = DepthwiseConv2D((stride, stride), dilation=(dilation, dilation))
    y = b.weighted(op, "input", (1, *kernel, channels * multiplier), 3)
    name = f"{kernel[0]}x{kernel[1]} {channels}ch x{multiplier} {size[0]}x{size[1]} s{stride} b{batch} d{dilation}"
    return Layer("depthwise", name, b.ended(y), kernel[0] * kernel[1])


def connected(width: int, units: int, batch: int) -> Layer:
    b = Builder("fully_connected", (batch, width), width)
    y = b.weighted(FullyConnected(), "input", (units, width), 0)
    return Layer("fully_connected", f"{width}->{units} b{batch}", b.ended(y), width)


KERNELS = ((1, 1), (3, 3), (5, 5), (3, 1), (1, 3), (7, 7))
IN, OUT = (1, 2, 3, 4, 5, 8, 16, 24, 32, 64), (1, 3, 4, 8, 10, 16, 64)
SIZES = ((1, 1), (1, 17), (2, 2), (3, 3), (5, 5), (7, 7), (8, 8), (16, 16), (31, 31), (32, 32))
SOME = ((1, 8), (3, 8), (4, 16), (8, 8), (16, 16), (24, 10), (32, 64))  # channels that all sizes have


def _all() -> Iterator[Layer | None]:
    for kernel in KERNELS:
        for in_c, out_c, stride in product(IN, OUT, (1, 2)):
            yield conv(kernel, stride, in_c, out_c, (12, 12) if stride == 1 else (13, 13))
        for size, channels, stride, batch in product(SIZES, SOME, (1, 2), (1, 4)):
            yield conv(kernel, stride, *channels, size, batch)
        for channels in SOME:
            yield conv(kernel, 1, *channels, (11, 11), padding="valid")
    for taps, (in_c, out_c) in product((3, 5, 9, 10), ((1, 8), (3, 16), (8, 8), (13, 13), (16, 32))):
        yield conv((1, taps), 1, in_c, out_c, (1, 100))  # one-dimensional
        yield conv((taps, 1), 2, in_c, out_c, (100, 1))
    for kernel in (*KERNELS[1:], (2, 2), (4, 4), (10, 4)):
        for channels, stride in product((1, 2, 3, 4, 5, 8, 10, 16, 64), (1, 2)):
            yield depthwise(kernel, stride, channels, 1, (12, 12))
        for multiplier, channels, stride in product((2, 4, 8), (1, 2, 3, 8, 16), (1, 2)):
            yield depthwise(kernel, stride, channels, multiplier, (12, 12))
        for size, channels, stride, batch in product(SIZES, (8, 32), (1, 2), (1, 4)):
            yield depthwise(kernel, stride, channels, 1, size, batch)
        yield depthwise(kernel, 1, 16, 1, (12, 12), dilation=2)
    for width, units, batch in product((4, 8, 10, 16, 30, 33, 64, 100, 256, 640), (1, 2, 3, 4, 8, 10, 16, 64), (1, 4)):
        yield connected(width, units, batch)


def _fits(layer: Layer) -> bool:
    weights = sum(t.elements for t in layer.graph.tensors.values() if t.is_constant)
    largest = max(t.bytes for t in layer.graph.activations())
    return weights <= MOST_WEIGHTS and layer.graph.macs() <= MOST_MACS and largest <= MOST_INPUT


def layers(kinds: Sequence[str] = KINDS, every: int = 1, windows: Sequence[str] = ()) -> list[Layer]:
    """The sweep's layers; of every kind each `every`-th; of `windows` ("3x3") only, where some are named."""
    found = [layer for layer in _all() if layer is not None and _fits(layer)]
    if windows:
        found = [x for x in found if x.kind == "fully_connected" or x.name.split()[0] in windows]
    return [layer for kind in kinds for layer in [x for x in found if x.kind == kind][::every]]


def _inside(portable: Mapping[str, Any]) -> Counter[int]:
    """Taps inside the input of the windows of a portable call: what is padding needs no product."""
    if "kernel_h" not in portable:
        return Counter([1])
    down, across = axis(portable, "h").inside, axis(portable, "w").inside
    return Counter(rows * columns for rows, columns in product(down, across))


def _is_apart(layer: Layer) -> bool:
    """Whether it has the windows of `benchmarks/apart.py`, in one picture."""
    op, x = layer.graph.nodes[0].op, layer.graph.tensors["input"].shape
    if not isinstance(op, Conv2D) or op.stride != (2, 2) or (x[0], x[3]) != (1, 2) or x[2] < apart.PITCH:
        return False
    return layer.graph.tensors["weights"].shape == (1, 3, 3, 2)


def sweep(some: Sequence[Layer], core: str) -> list[Found]:
    """Instructions of every layer on `qemu-<core>`, the worst against its limit first.

    Raises:
        ToolError: compiler or emulator are missing or fail.
    """
    options = options_of(find_target(f"qemu-{core}"))

    windows: list[Counter[int]] = []

    def pick(candidates: list[Call]) -> list[Call]:
        chosen, portable = fastest([*candidates], options.core), candidates[-1].fields
        assert isinstance(chosen, Call)
        windows.append(_inside(portable))
        return [chosen]

    found, start = [], 0
    while start < len(some):
        end, held = start, 0
        while end < len(some) and held < CHUNK_BYTES:
            held += sum(t.bytes for t in some[end].graph.tensors.values() if t.is_constant) + 2048
            end += 1
        windows.clear()
        counted = count(picked([layer.graph for layer in some[start:end]], options.core, pick), options)
        for layer, one, window in zip(some[start:end], counted, windows, strict=True):
            macs, shape, call = layer.outputs * layer.terms, layer.shape(window), one.call
            bound, argued = (of(core, shape) / macs for of in (bounds.least, bounds.argued))
            if core == "m55" and _is_apart(layer):
                bound, argued = max(bound, apart.least(window) / macs), max(argued, apart.argued(window) / macs)
            cycles, limit = counts.cycles(call, options.core, level_of(options)), LIMITS[core][layer.kind]
            found.append(Found(layer, call.kernel, one.instructions, cycles, limit, bound, argued))
        start = end
    return sorted(found, key=lambda f: -f.per_mac / f.limit)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", choices=sorted(LIMITS), default="m4")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this class; may be given several times")
    parser.add_argument("--window", action="append", default=[], help="only such windows, as 3x3; several times too")
    parser.add_argument("--every", type=int, default=1, help="only each so many layers of a class")
    parser.add_argument("--top", type=int, default=12, help="layers to print of a class")
    parser.add_argument("--json", action="store_true", help="print all layers as one JSON list instead")
    given = parser.parse_args(argv)
    missing = [tool for tool in (COMPILER, QEMU) if shutil.which(tool) is None]
    if missing:
        print(f"sweep: NOT RUN: {' and '.join(missing)} not installed; `edgekit doctor` says where from")
        return
    found = sweep(layers(given.kind or KINDS, given.every, given.window), given.core)
    if given.json:
        keys = (
            "kernel", "instructions", "per_mac", "cycles", "cycles_per_mac", "limit", "bound", "argued", "verdict",
            "factor",
        )  # fmt: skip
        print(json.dumps([{"layer": f.layer.name, "kind": f.layer.kind, **{k: getattr(f, k) for k in keys}}
                          for f in found]))  # fmt: skip
        return
    for kind in given.kind or KINDS:
        show(found, kind, given.top)


if __name__ == "__main__":
    try:
        main()
    except EdgekitError as error:
        raise SystemExit(f"error: {error}") from error
