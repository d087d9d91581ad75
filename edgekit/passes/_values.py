"""The graph that the layout pass makes: values as they lie or made in fact, and their names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node, Operator, Tensor
from edgekit.graph.operator import Shape
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.transpose import Transpose
from edgekit.passes._view import View, straight


class Values:
    """Of one run of the pass: `views` says where values of the old graph lie in the new one."""

    def __init__(self, graph: Graph) -> None:
        self.old = graph
        kept = {n: graph.tensors[n] for n in graph.inputs}
        kept.update({n: t for n, t in graph.tensors.items() if t.is_constant})
        self.new = replace(graph.copy(), tensors=kept, nodes=[])
        self.views: dict[str, View] = {}
        self._made: dict[View, str] = {}
        # what the old graph calls a moved value, so that a second run changes nothing
        self._named: dict[View, str] = {}
        self._reserved = set(graph.tensors)  # names of the old graph stay free for their own values

    def _view(self, name: str) -> View:
        if name in self.views:
            return self.views[name]
        shape = self.old.tensors[name].shape
        return straight(name, shape, shape)

    def _shape(self, view: View) -> Shape:
        return self.new.tensors[view.tensor].shape

    def _value(self, name: str) -> str:
        """A tensor of the new graph that holds the value in fact."""
        view = self._view(name)
        return self._make(view, name)

    def _make(self, view: View, name: str) -> str:
        if self._shape(view) == view.outer and view.is_reshape:
            return view.tensor
        if view in self._made:
            return self._made[view]
        like = self.new.tensors[view.tensor]
        if view.is_reshape:
            made = self._emit(Reshape(view.outer), (view.tensor,), name, like)
        elif view.permuted != view.outer:
            turned = replace(view, outer=view.permuted)
            made = self._emit(
                Reshape(view.outer), (self._make(turned, self._stem(name, "turned", turned)),), name, like
            )
        else:
            apart = straight(view.tensor, self._shape(view), view.inner)
            source = self._make(apart, self._stem(name, "apart", apart))
            made = self._emit(Transpose(view.perm), (source,), name, like)
        self._made[view] = made
        return made

    def _emit(self, op: Operator, inputs: tuple[str | None, ...], stem: str, like: Tensor) -> str:
        """Append a node with one output of `like`'s type, named `stem` unless that is another value's name."""
        name = self._free(stem) if stem in self.new.tensors else stem
        (shape,) = op.infer([None if n is None else self.new.tensors[n] for n in inputs])
        self.new.add(Tensor(name, shape, like.dtype, like.quantization))
        self.new.nodes.append(Node(op, inputs, (name,)))
        return name

    def _stem(self, name: str, suffix: str, view: View) -> str:
        """A name for `view` on the way to `name`: the one that it has in the old graph, if it has one there."""
        known = self._named.get(view)
        if known is not None and known not in self.new.tensors:
            return known
        stem = f"{name}_{suffix}"
        return self._free(stem) if stem in self.new.tensors or stem in self._reserved else stem

    def _free(self, stem: str) -> str:
        name, count = f"{stem}_1", 1
        while name in self.new.tensors or name in self._reserved:
            count += 1
            name = f"{stem}_{count}"
        return name

    def _bind(self, name: str, op: Operator, inputs: tuple[str | None, ...], view: View) -> None:
        """Append the operator on tensors as they lie; `name` is `view` of its result (`view.tensor` is ignored)."""
        old = self.old.tensors[name]
        given = [None if n is None else self.new.tensors[n] for n in inputs]
        (shape,) = op.infer(given)
        plain = view.is_reshape and view.outer == shape
        stem = name if plain or name not in self.old.outputs else self._free(f"{name}_inner")
        made = self._emit(op, inputs, stem, old)
        self.views[name] = replace(view, tensor=made)

    def _is_plain(self, name: str) -> bool:
        view = self._view(name)
        return view.is_reshape and view.outer == self._shape(view)

    def _constant(self, name: str) -> NDArray[Any] | None:
        return self.old.tensors[name].data

    def _add(self, stem: str, data: NDArray[Any], like: Tensor | None = None) -> str:
        name = self._free(stem)
        quantization = (like or self.old.tensors[stem]).quantization
        return self.new.add(Tensor.constant(name, np.ascontiguousarray(data), quantization))
