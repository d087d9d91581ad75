"""The memory map of random networks: nothing that is read later is overwritten."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.memory import MemoryMap, memory_map
from edgekit.graph import Graph
from edgekit.planner import ALIGNMENT
from tests.firmware import networks
from tests.reference.picker import DrawnPicker


def overwritten(graph: Graph, calls: list[Call | Alias], memory: MemoryMap) -> list[str]:
    """Reads of bytes that another tensor holds by then. Aliases hold the bytes of what they alias."""
    holder: dict[int, str] = {}
    value = {name: name for name in graph.tensors}  # aliases: whose values they are
    found = []

    def write(name: str) -> None:
        for byte in range(memory.tensors[name], memory.tensors[name] + graph.tensors[name].bytes):
            holder[byte] = value[name]

    def read(name: str, where: str) -> None:
        for byte in range(memory.tensors[name], memory.tensors[name] + graph.tensors[name].bytes):
            if holder.get(byte) != value[name]:
                found.append(f"{where} reads {name}, byte {byte} holds {holder.get(byte)}")
                return

    for name in graph.inputs:
        write(name)
    for i, (node, call) in enumerate(zip(graph.nodes, calls, strict=True)):
        for name in node.inputs:
            if name is not None and not graph.tensors[name].is_constant:
                read(name, node.name)
        if isinstance(call, Alias):
            value[node.outputs[0]] = value[str(node.inputs[call.input])]
        if i in memory.scratch and isinstance(call, Call):
            holder.update(dict.fromkeys(range(memory.scratch[i], memory.scratch[i] + call.scratch), "scratch"))
        if isinstance(call, Call):
            for name in node.outputs:
                write(name)
    for name in graph.outputs:
        read(name, "the caller")
    return found


@settings(max_examples=150)
@given(data=st.data(), guard=st.sampled_from([0, 64]))
def test_nothing_is_overwritten_that_is_read_later(data: st.DataObject, guard: int) -> None:
    graph = networks.case(DrawnPicker(data.draw))
    calls = calls_of(graph, "portable")
    memory = memory_map(graph, calls, guard)
    assert not overwritten(graph, calls, memory)
    for name, offset in memory.tensors.items():
        assert offset % ALIGNMENT == 0 and offset + graph.tensors[name].bytes <= memory.arena


def test_the_check_finds_an_overwritten_tensor() -> None:
    """A map that puts everything at offset 0 is found out."""
    from tests.reference.picker import RandomPicker

    found = 0
    for seed in range(10):
        graph = networks.case(RandomPicker(seed))
        calls = calls_of(graph, "portable")
        good = memory_map(graph, calls)
        bad = MemoryMap(dict.fromkeys(good.tensors, 0), dict.fromkeys(good.scratch, 0), good.plan)
        found += bool(overwritten(graph, calls, bad))
    assert found >= 5


def test_outputs_take_the_place_of_inputs_nobody_needs() -> None:
    """A chain of elementwise layers runs in one buffer; a branch that is read later keeps its own."""
    from edgekit.graph import Node, Quantization, Tensor
    from edgekit.graph.ops.add import Add
    from edgekit.graph.ops.relu import Relu

    graph = Graph("chain", inputs=["x"], outputs=["z"])
    graph.nodes = [Node(Relu(), ("x",), ("a",)), Node(Relu(), ("a",), ("b",)), Node(Add(), ("a", "b"), ("z",))]
    for name in "xabz":
        graph.add(Tensor(name, (1, 32), "int8", Quantization.per_tensor(0.5, 0)))
    memory = memory_map(graph, calls_of(graph, "portable"))
    assert memory.tensors["a"] == memory.tensors["x"] and memory.tensors["b"] != memory.tensors["a"]
    assert memory.tensors["z"] in (memory.tensors["a"], memory.tensors["b"]) and memory.arena == 64
