"""The sweep behind the layout pass; see `layout.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node, Operator, Tensor
from edgekit.graph.operator import Shape
from edgekit.graph.ops.reshape import Reshape
from edgekit.passes._rewrite import BINARY, ELEMENTWISE, prune
from edgekit.passes._values import Values
from edgekit.passes._view import View, inverse, straight, transposed

CONSTANT_LIMIT = 1 << 22  # elements of a constant operand rearranged with its view


class Layout(Values):
    """One run of the pass over one graph."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._writers = graph.producers()

    def run(self) -> Graph:
        for node in self.old.nodes:
            if not self._pass_through(node):
                self._plain(node)
        for name in self.old.outputs:
            if name in self.views:
                made = self._value(name)
                if made != name:
                    self._emit(Reshape(self.old.tensors[name].shape), (made,), name, self.old.tensors[name])
        return prune(self.new)

    def _plain(self, node: Node) -> None:
        """The node as it is, on values made in fact."""
        names = tuple(None if n is None else self._value(n) for n in node.inputs)
        for name in node.outputs:
            self.new.add(self.old.tensors[name])
        self.new.nodes.append(node if names == node.inputs else replace(node, inputs=names))

    def _pass_through(self, node: Node) -> bool:
        """Append the node so that it works on tensors as they lie; False where it cannot."""
        if node.inputs[0] is None or self._uneven(node):
            return False
        kind = node.op.name
        first = self._view(node.inputs[0])
        if kind in ("transpose", "reshape"):
            return self._move(node, first)
        if all(self._is_plain(n) for n in node.inputs if n is not None):
            return False
        if kind in ELEMENTWISE:
            self._bind(node.outputs[0], node.op, (first.tensor,), first)
            return True
        if kind in BINARY:
            return self._binary(node)
        if kind == "fully_connected":
            return self._fully_connected(node, first)
        if kind == "concatenation":
            return self._concatenation(node)
        axes = first.axes(self._shape(first))
        return axes is not None and self._with_axes(node, first, axes)

    def _uneven(self, node: Node) -> bool:
        """Whether scales per channel, or scales that a mere move changes, tie the node to its layout."""
        tensors = [*self.old.node_inputs(node), *self.old.node_outputs(node)]
        if any(t is not None and not t.is_constant and t.quantization is not None and t.quantization.axis is not None
               for t in tensors):  # fmt: skip
            return True
        if node.op.name in ("transpose", "reshape"):
            x, y = tensors[0], tensors[-1]
            return x is None or y is None or x.is_constant or (x.dtype, x.quantization) != (y.dtype, y.quantization)
        return node.op.name in ELEMENTWISE and tensors[0] is not None and tensors[0].is_constant

    def _move(self, node: Node, view: View) -> bool:
        op: Any = node.op
        name = node.outputs[0]
        if node.op.name == "reshape":
            self.views[name] = replace(view, outer=op.shape)
        else:
            result = transposed(view, op.permutation)
            if result is None:
                made = self._value(str(node.inputs[0]))
                result = View(made, view.outer, op.permutation, self.old.tensors[name].shape)
            self.views[name] = result
        if name in self.old.outputs or self.views[name] not in self._named:
            self._named[self.views[name]] = name
        return True

    def _binary(self, node: Node) -> bool:
        """Both operands as the first moved one of full shape lies; constants are rearranged."""
        shape = self.old.tensors[node.outputs[0]].shape
        moved = [v for n in node.inputs if n and self._constant(n) is None and not self._is_plain(n)
                 and (v := self._view(n)).outer == shape]  # fmt: skip
        for target in moved:
            operands = [self._as_lies(str(n), target, shape, dry=True) for n in node.inputs]
            if all(operands):
                names = tuple(self._as_lies(str(n), target, shape) for n in node.inputs)
                self._bind(node.outputs[0], node.op, names, target)
                return True
        return False

    def _as_lies(self, name: str, target: View, shape: Shape, dry: bool = False) -> str | None:
        """An operand that broadcasts to `shape`, brought to the layout of `target` without moving elements at run time.

        None where that cannot be; with `dry`, nothing is appended and any name says that it can.
        """
        data = self._constant(name)
        if data is not None:
            if data.size == 1:
                return self._scalar(name, len(self._shape(target)), dry)
            if prod(shape) > CONSTANT_LIMIT:
                return None
            return name if dry else self._add(name, self._rearranged(data, target, shape))
        view = self._view(name)
        if view.same_as(target) and self._shape(view) == self._shape(target):
            return view.tensor
        if not target.is_transpose(self._shape(target)):
            return None
        full = (1,) * (len(shape) - len(view.outer)) + view.outer
        back = transposed(view if full == view.outer else replace(view, outer=full), inverse(target.perm))
        if back is None or not back.is_reshape:
            return None
        return name if dry else self._make(back, self._stem(name, "laid", back))

    def _scalar(self, name: str, rank: int, dry: bool) -> str:
        data = self.old.tensors[name].data
        assert data is not None
        if dry or data.ndim <= rank:
            return name
        return self._add(name, data.reshape(()))

    def _rearranged(self, data: NDArray[Any], target: View, shape: Shape) -> NDArray[Any]:
        """A constant operand as it must lie, with axes of equal slices reduced to length 1 again."""
        full = np.broadcast_to(data, shape).reshape(target.permuted).transpose(inverse(target.perm))
        full = full.reshape(self._shape(target))
        for axis in range(full.ndim):
            head = full.take([0], axis)
            if (full == head).all():
                full = head
        return full

    def _fully_connected(self, node: Node, view: View) -> bool:
        """Columns of the weights take the permutation of the features."""
        rows = self.old.tensors[str(node.inputs[1])].shape[1]
        count = prod(view.outer) // rows
        op: Any = node.op
        if view.is_reshape or op.keep_num_dims or (count != 1 and (view.perm[0] != 0 or view.inner[0] != count)):
            return False
        index = np.arange(prod(view.inner)).reshape(view.inner).transpose(view.perm).reshape(count, rows)[0]
        weights = self._columns(str(node.inputs[1]), np.argsort(index))
        if weights is None:
            return False
        flat = straight(view.tensor, self._shape(view), (count, rows))
        tensor = self._make(flat, self._stem(node.outputs[0], "rows", flat))
        name = node.outputs[0]
        self.new.add(self.old.tensors[name])
        others = [None if n is None else self._value(n) for n in node.inputs[2:]]
        self.new.nodes.append(Node(node.op, (tensor, weights, *others), node.outputs))
        return True

    def _columns(self, name: str, order: NDArray[np.int64]) -> str | None:
        """Constant weights, dequantized ones too, with their columns reordered."""
        tensor = self.old.tensors[name]
        if tensor.data is not None:
            if tensor.quantization is not None and tensor.quantization.axis == 1:
                return None
            return self._add(name, tensor.data[:, order])
        writer = self._writers.get(name)
        if writer is None or writer.op.name != "dequantize":
            return None
        integers = self._columns(str(writer.inputs[0]), order)
        return None if integers is None else self._emit(writer.op, (integers,), self._free(name), tensor)

    def _concatenation(self, node: Node) -> bool:
        views = [self._view(str(n)) for n in node.inputs if self._constant(str(n)) is None]
        target = next((v for v in views if not v.is_reshape), None)
        if target is None:
            return False
        axes, rank = target.axes(self._shape(target)), len(self._shape(target))
        if axes is None or any((v.perm, v.axes(self._shape(v))) != (target.perm, axes) for v in views):
            return False
        names = []
        for name in map(str, node.inputs):
            data = self._constant(name)
            names.append(self._view(name).tensor if data is None else self._add(name, _laid(data, axes, rank)))
        op: Any = node.op
        view = replace(target, outer=self.old.tensors[node.outputs[0]].shape)
        self._lying(node.outputs[0], replace(op, axis=axes[op.axis]), tuple(names), view)
        return True

    def _with_axes(self, node: Node, view: View, axes: tuple[int, ...]) -> bool:
        """Operators of one input whose attributes name axes; `axes`: which of the tensor's these are."""
        op: Any = node.op
        shape = self._shape(view)
        view = replace(view, outer=self.old.tensors[node.outputs[0]].shape)
        kind = node.op.name

        def each(values: Sequence[Any], others: Sequence[Any]) -> tuple[Any, ...]:
            """A value for each axis of the tensor, of which `others` are those that the operator does not know."""
            return tuple(values[axes.index(i)] if i in axes else others[i] for i in range(len(shape)))

        changed: dict[str, Any]
        if kind in ("mean", "sum"):
            changed = {"axes": tuple(sorted(axes[a] for a in op.axes))}
            if not op.keep_dims:
                left = [p for p in view.perm if p not in changed["axes"]]
                view = replace(view, perm=tuple(sorted(left).index(p) for p in left))
        elif kind == "softmax":
            if axes[-1] != len(shape) - 1:
                return False
            changed = {}
        elif kind == "pad":
            changed = {"paddings": each(op.paddings, [(0, 0)] * len(shape))}
        elif kind == "strided_slice" and not op.shrink_axes:
            ones = (1,) * len(shape)
            changed = {key: each(getattr(op, key), other)
                       for key, other in (("begin", (0,) * len(shape)), ("end", ones), ("strides", ones))}  # fmt: skip
        elif kind == "split":
            return self._split(node, view, axes)
        else:
            return False
        self._lying(node.outputs[0], replace(op, **changed), (view.tensor,), view)
        return True

    def _lying(self, name: str, op: Operator, inputs: tuple[str, ...], view: View) -> None:
        """`_bind` with the result's own shape as the view's inner one."""
        (shape,) = op.infer([self.new.tensors[n] for n in inputs])
        self._bind(name, op, inputs, replace(view, tensor="", inner=shape))

    def _split(self, node: Node, view: View, axes: tuple[int, ...]) -> bool:
        if set(node.outputs) & set(self.old.outputs):
            return False
        op: Any = replace(node.op, axis=axes[node.op.axis])  # type: ignore[attr-defined,call-arg]
        shapes = op.infer([self.new.tensors[view.tensor]])
        for name, shape in zip(node.outputs, shapes, strict=True):
            old = self.old.tensors[name]
            self.new.add(Tensor(name, shape, old.dtype, old.quantization))
            self.views[name] = View(name, shape, view.perm, old.shape)
        self.new.nodes.append(Node(op, (view.tensor,), node.outputs))
        return True


def _laid(data: NDArray[Any], axes: tuple[int, ...], rank: int) -> NDArray[Any]:
    """A constant whose axis i is axis `axes[i]` of `rank`."""
    order = sorted(range(len(axes)), key=lambda i: axes[i])
    shape = [data.shape[axes.index(i)] if i in axes else 1 for i in range(rank)]
    return data.transpose(order).reshape(shape)
