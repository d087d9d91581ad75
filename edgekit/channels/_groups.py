"""Which tensors share their channels: where one goes, it goes from all of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from edgekit.channels._ranges import columns, plain, weights_of
from edgekit.graph import Graph, Node
from edgekit.passes._rewrite import ELEMENTWISE

MIXING = ("conv_2d", "fully_connected")
"""Every output channel is made of all input channels: groups end here."""

CHANNELWISE = ELEMENTWISE | {
    "average_pool_2d",
    "max_pool_2d",
    "mean",
    "add",
    "sub",
    "mul",
    "depthwise_conv_2d",
    "reshape",
}


@dataclass
class Group:
    """Tensors of the same channels, in the last axis of each.

    Attributes:
        tensors: a flattened one has the channels of all its pixels one after another.
        channels: how many there are.
        writers: the layers that make them out of others; readers: those that make others out of them.
    """

    channels: int
    tensors: set[str] = field(default_factory=set)
    writers: list[Node] = field(default_factory=list)
    readers: list[Node] = field(default_factory=list)


def groups(graph: Graph) -> list[Group]:
    """Those whose channels may go: all of their tensors are int8, and nothing but these layers looks at them."""
    parent = {t.name: t.name for t in graph.activations()}
    closed = {*graph.inputs, *graph.outputs, *(t.name for t in graph.activations() if not plain(t))}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for node in graph.nodes:
        own = [n for n in (*node.inputs, *node.outputs) if n in parent]
        if _channelwise(graph, node):
            for name in own:
                parent[root(name)] = root(own[0])
        elif node.op.name not in MIXING or not _mixes(graph, node):
            closed.update(own)
    found: dict[str, Group] = {}
    for name in parent:
        size = graph.tensors[name].shape[-1:] or (0,)
        group = found.setdefault(root(name), Group(size[0]))
        group.tensors.add(name)
        group.channels = min(group.channels, size[0])
    for node in graph.nodes:
        if node.op.name in MIXING and node.outputs[0] in parent:
            found[root(node.outputs[0])].writers.append(node)
            if node.inputs[0] in parent:
                found[root(str(node.inputs[0]))].readers.append(node)
    return [g for g in found.values() if not g.tensors & closed and _fits(graph, g)]


def _fits(graph: Graph, group: Group) -> bool:
    """Whether all of a group's layers see its channels, once or for every pixel of a flattened tensor."""
    made = all(graph.tensors[node.outputs[0]].shape[-1] == group.channels for node in group.writers)
    read = [graph.tensors[str(node.inputs[1])].shape[-1] for node in group.readers]
    sizes = [*read, *(graph.tensors[name].shape[-1] for name in group.tensors)]
    return bool(group.writers) and made and all(columns(size, group.channels) is not None for size in sizes)


def _mixes(graph: Graph, node: Node) -> bool:
    """Whether its constants can be cut: a fully connected layer's rows are whole pixels."""
    w = graph.tensors[str(node.inputs[1])].shape
    x = graph.tensors[str(node.inputs[0])].shape
    return weights_of(graph, node) is not None and columns(w[-1], x[-1]) is not None


def _channelwise(graph: Graph, node: Node) -> bool:
    """Whether every output channel is made of the input channels of the same index."""
    if node.op.name not in CHANNELWISE or len(node.outputs) != 1:
        return False
    x, y = graph.tensors[str(node.inputs[0])].shape, graph.tensors[node.outputs[0]].shape
    match node.op.name:
        case "depthwise_conv_2d":
            return x[-1] == y[-1] and weights_of(graph, node) is not None
        case "reshape":  # with the channels last, and whole pixels in what is last then
            return bool(x and y) and columns(y[-1], x[-1]) is not None
        case _:
            same = all(n in graph.tensors and graph.tensors[n].shape[-1:] == x[-1:] for n in map(str, node.inputs))
            return (
                same and x[-1:] == y[-1:] and not any(t is not None and t.is_constant for t in graph.node_inputs(node))
            )
