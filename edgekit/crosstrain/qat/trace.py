"""A PyTorch network as a list of calls, found by torch.fx: what is folded and fused, and who shares a scale."""

from __future__ import annotations

from collections.abc import Iterable, ValuesView
from dataclasses import replace
from typing import Any

import torch
from torch import fx, nn

from edgekit import plugins
from edgekit.crosstrain.qat.operation import ACTIVATIONS, INPUT, Call, Operation
from edgekit.crosstrain.qat.quantizer import Ranges
from edgekit.errors import UnsupportedError

OPERATIONS = "edgekit.crosstrain.qat.ops"
WEIGHTED = (nn.Conv2d, nn.Linear)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
NOTHING = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.functional.dropout)
REWRITE = "write the network from layers of torch.nn in a fixed order, or quantize it after training: leave out [qat]"


class _Tracer(fx.Tracer):  # type: ignore[misc]
    """Notes which module was being entered when something failed."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        self.inside.append(self.path_of_module(m))
        found = super().call_module(m, forward, args, kwargs)
        self.inside.pop()
        return found


class _Shapes(fx.Interpreter):  # type: ignore[misc]
    """Runs the network once; notes what every node gives."""

    def run_node(self, n: fx.Node) -> Any:
        found = super().run_node(n)
        n.meta["value"] = found
        return found


def calls(network: nn.Module, shape: tuple[int, ...], name: str) -> tuple[list[Call], str]:
    """The network's calls in order, batch norms folded and activations fused, and the name of the output.

    Args:
        shape: of one sample, (C, H, W) or (F,).
        name: of the network, for errors.

    Raises:
        UnsupportedError: control flow that depends on values, or a call that is no operation of tensors; names it.
    """
    graph = _traced(network, shape, f"[model] network {name}")
    modules = dict(network.named_modules())
    aliases: dict[str, str] = {}  # node -> the value that it is
    found: list[Call] = []
    output = ""
    for node in graph.nodes:
        if node.op == "placeholder":
            aliases[node.name] = INPUT
        elif node.op == "output":
            if not isinstance(node.args[0], fx.Node):
                raise UnsupportedError(f"[model] network {name}", "must give one tensor", "return the output alone")
            output = aliases[node.args[0].name]
        elif not isinstance(node.meta["value"], torch.Tensor):
            continue  # sizes, which went into shapes
        elif node.op == "get_attr":
            raise UnsupportedError(f"layer {node.target}", "is a tensor outside of a layer", REWRITE)
        else:
            call = _call(node, modules, aliases)
            if call.target in NOTHING:
                aliases[node.name] = call.inputs[0]
                continue
            aliases[node.name] = call.name
            found.append(call)
    return _fused(found, output)


def operations(found: Iterable[Call], ranges: Ranges) -> dict[str, Operation]:
    """The operation of every call. Raises UnsupportedError, naming the layer, where no file in `ops/` knows it."""
    made: dict[str, Operation] = {}
    for call in found:
        asked = (module.match(replace(call, ranges=ranges)) for module in plugins.modules(OPERATIONS).values())
        operation = next((o for o in asked if o is not None), None)
        if operation is None:
            kind = getattr(call.target, "__name__", str(call.target))
            known = ", ".join(plugins.names(OPERATIONS))
            raise call.unsupported(f"{kind} has no fake quantization", f"there is: {known}; {REWRITE}")
        made[call.name] = operation
    return made


def _traced(network: nn.Module, shape: tuple[int, ...], where: str) -> fx.Graph:
    tracer = _Tracer()
    try:
        graph = tracer.trace(network)
        weights = next(network.parameters(), None)
        sample = torch.zeros((1, *shape), device=None if weights is None else weights.device)
        mode = network.training
        with torch.no_grad():
            _Shapes(fx.GraphModule(network.eval(), graph)).run(sample)
        network.train(mode)
    except Exception as error:
        inside = tracer.inside[-1] if tracer.inside else ""
        first = next(iter(str(error).splitlines()), "")
        text = f"cannot be followed: {type(error).__name__}: {first[:200]}"
        raise UnsupportedError(f"layer {inside}" if inside else where, text, REWRITE) from error
    return graph


def _call(node: fx.Node, modules: dict[str, nn.Module], aliases: dict[str, str]) -> Call:
    module = modules[str(node.target)] if node.op == "call_module" else None
    target: Any = node.target
    if module is not None:
        target = type(module)
    elif node.op == "call_method":
        target = getattr(torch.Tensor, str(node.target), node.target)
    read = [n for n in _flat((node.args, node.kwargs.values())) if _is_tensor(n)]  # a + a reads twice
    plain = [a for a in node.args if not any(_is_tensor(n) for n in _flat([a]))]
    return Call(
        str(node.target) if module is not None else node.name, target, module, [aliases[n.name] for n in read], plain,
        dict(node.kwargs), tuple(node.meta["value"].shape[1:]), [tuple(n.meta["value"].shape[1:]) for n in read],
    )  # fmt: skip


def _is_tensor(value: Any) -> bool:
    return isinstance(value, fx.Node) and isinstance(value.meta["value"], torch.Tensor)


def _flat(values: Iterable[Any]) -> list[Any]:
    return [w for v in values for w in (_flat(v) if isinstance(v, list | tuple | ValuesView) else [v])]


def _fused(found: list[Call], output: str) -> tuple[list[Call], str]:
    """Batch norms go into the layer before them, activations into what can clamp."""
    used = [call.module for call in found if call.target in WEIGHTED]
    for call in found:
        if call.target in WEIGHTED and sum(m is call.module for m in used) > 1:
            text = "is used twice: its inputs would need one scale"
            raise call.unsupported(text, "give each place a layer of its own")
    readers: dict[str, int] = {output: 1}
    for call in found:
        for name in call.inputs:
            readers[name] = readers.get(name, 0) + 1
    kept: dict[str, Call] = {}
    names: dict[str, str] = {}
    for call in found:
        call = replace(call, inputs=[names.get(n, n) for n in call.inputs])
        before = kept.get(call.inputs[0]) if call.inputs else None
        alone = before is not None and readers[_last(names, before.name)] == 1
        if call.target in NORMS:
            if before is None or not alone or not _takes_norm(before):
                fix = "put it right behind a convolution or dense layer that nothing else reads"
                raise call.unsupported("is a batch norm that no layer can take in", fix)
            kept[before.name] = replace(before, norm=call.module, shape=call.shape)
        elif before is not None and alone and call.target in ACTIVATIONS and _clamps(before):
            kept[before.name] = replace(before, activation=ACTIVATIONS[call.target])
        else:
            kept[call.name] = call
            continue
        names[call.name] = before.name
    return list(kept.values()), names.get(output, output)


def _takes_norm(call: Call) -> bool:
    return call.target in WEIGHTED and call.norm is None and call.activation == "none"


def _last(names: dict[str, str], name: str) -> str:
    """The newest value that stands for the layer `name`."""
    return next((new for new, old in reversed(names.items()) if old == name), name)


def _clamps(call: Call) -> bool:
    from edgekit.crosstrain.qat.ops.add import ADDITIONS

    return call.activation == "none" and (call.target in WEIGHTED or call.target in ADDITIONS)
