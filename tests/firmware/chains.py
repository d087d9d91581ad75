"""Random networks as they begin in image classifiers: tall images, windows of all kinds, skips; rows in whole words."""

from __future__ import annotations

from collections.abc import Callable

from edgekit.backends.c.division import ALL, HEIGHTS, Search
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.tiles import Group
from edgekit.graph import Graph, Tensor
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.mean import Mean
from edgekit.graph.ops.pad import Pad
from edgekit.graph.ops.relu import Relu
from tests.firmware.networks import COMMON, _Growing
from tests.reference.picker import Picker, choose, flag


class _Chain(_Growing):
    """Every node reads the newest image; skips go back to any of its shape."""

    def __init__(self, pick: Picker) -> None:
        self.pick = pick
        self.graph = Graph("chain", inputs=["x"])
        x = Tensor("x", (1, pick.integer(6, 24), pick.integer(2, 5), choose(pick, (4, 8))), "int8", COMMON)
        self.graph.add(x)
        self.images: list[Tensor] = [x]

    def image(self) -> Tensor:
        return self.images[-1]


def _strides(g: _Chain, x: Tensor) -> tuple[int, int]:
    return (choose(g.pick, (1, 1, 2, 3)), choose(g.pick, (1, 2)) if x.shape[2] > 2 else 1)


def _conv_2d(g: _Chain) -> list[Tensor]:
    x, tall = g.image(), choose(g.pick, (1, 1, 3, 3, 5))
    wide = min(tall, 3)
    w = g.weights((4 * g.pick.integer(1, 4), tall, wide, x.shape[3]), 0)
    valid = tall < x.shape[1] and wide < x.shape[2] and flag(g.pick)
    stride = _strides(g, x)
    dilation = (2, 1) if stride == (1, 1) and tall == 3 and x.shape[1] > 4 and flag(g.pick) else (1, 1)
    op = Conv2D(stride, dilation, "valid" if valid else "same", choose(g.pick, ACTIVATIONS))
    return g.node(op, (x.name, w), g.quantization(x))


def _depthwise_conv_2d(g: _Chain) -> list[Tensor]:
    x = g.image()
    w = g.weights((1, 3, 3, x.shape[3]), 3)
    stride = choose(g.pick, (1, 1, 2))
    return g.node(DepthwiseConv2D((stride, stride)), (x.name, w), g.quantization(x))


def _padded(g: _Chain) -> list[Tensor]:
    """As PyTorch has it: a symmetric pad before a strided convolution."""
    x = g.image()
    sides = g.pick.integer(0, 2), g.pick.integer(0, 1)
    (y,) = g.node(Pad(((0, 0), (sides[0], sides[0]), (sides[1], 1), (0, 0))), (x.name,), x.quantization)
    w = g.weights((4 * g.pick.integer(1, 4), 3, 2, x.shape[3]), 0)
    op = Conv2D((choose(g.pick, (1, 2)), 1), (1, 1), choose(g.pick, ("same", "valid")))
    return [y, *g.node(op, (y.name, w), g.quantization(x))] if y.shape[1] > 2 else [y]


def _pool(g: _Chain) -> list[Tensor]:
    x, kind = g.image(), choose(g.pick, (AveragePool2D, MaxPool2D))
    window = (choose(g.pick, (2, 3)), 2)
    return g.node(kind(window, (choose(g.pick, (1, 2)), 1), "same"), (x.name,), x.quantization)


def _add(g: _Chain) -> list[Tensor]:
    x = g.image()
    return g.node(Add(choose(g.pick, ACTIVATIONS)), (x.name, g.partner(x, False).name), g.quantization(x))


def _relu(g: _Chain) -> list[Tensor]:
    x = g.image()
    return g.node(Relu(), (x.name,), g.quantization(x))


def _concatenation(g: _Chain) -> list[Tensor]:
    x = g.image()
    return g.node(Concatenation(3), (x.name, g.partner(x, True).name), x.quantization)


LINKS: tuple[Callable[[_Chain], list[Tensor]], ...] = (
    _conv_2d, _conv_2d, _padded, _padded, _depthwise_conv_2d, _depthwise_conv_2d, _pool, _add, _add, _relu,
    _concatenation,
)  # fmt: skip


def forced(graph: Graph, core: str, pick: Picker) -> tuple[Group, ...]:
    """Groups wherever there can be some, of any length, height and direction, whether they save anything or not."""
    search = Search(graph, calls_of(graph, core), core)
    found, i = [], 0
    while i < len(graph.nodes):
        lasts = [last for last in range(i, len(graph.nodes)) if search.together(i, last)]
        last = lasts[-1] if lasts and pick.integer(0, 2) else choose(pick, lasts or [i])
        made = search.group(i, last, *choose(pick, HEIGHTS)) or search.group(i, last, 1, 1) if lasts else []
        if not made and i in search.folded:
            last = i + 1
            made = search.group(i, last, ALL, ALL)
        if made:
            found.append(choose(pick, search.groups(choose(pick, made))))
        i = last + 1
    return tuple(found)


def case(pick: Picker) -> Graph:
    """3 to 9 of them, then sometimes a mean; sometimes an inner image is an output too."""
    g = _Chain(pick)
    for _ in range(pick.integer(3, 9)):
        g.images += choose(pick, LINKS)(g)
    if flag(pick):
        g.images += g.node(Mean((1, 2), False), (g.image().name,), g.quantization(g.image()))
    read = g.graph.consumers()
    g.graph.outputs = [t.name for t in g.graph.activations() if t.name not in read]
    if pick.integer(0, 5) == 0:
        more = [n for n in read if n not in g.graph.inputs and not g.graph.tensors[n].is_constant]
        g.graph.outputs += [choose(pick, more)] if more else []
    g.graph.validate()
    return g.graph
