"""Operators of one int8 value as tables of 256, filled by the simulator's own kernel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit import plugins
from edgekit.backends.c.call import Call, Layer
from edgekit.graph import Tensor
from edgekit.graph.elementwise import Binary
from edgekit.reference.arithmetics import arithmetic

VALUES = np.arange(-128, 128, dtype=np.int8)


def lookup(layer: Layer, arithmetic_name: str = "tflm", value: int = 0) -> Call:
    """y = table[x]. Raises ValueError where the simulator refuses the layer.

    Args:
        value: which input x is. Others are constants.
    """
    given = [layer.input(i) for i in range(len(layer.inputs))]
    inputs = [_one(t) if t.is_constant else t.with_(shape=VALUES.shape) for t in given]
    y = layer.outputs[0]
    module = plugins.module("edgekit.reference.ops", layer.op.name)
    assert module is not None
    kernel = module.prepare_integer(layer.op, inputs, [y.with_(shape=VALUES.shape)], arithmetic(arithmetic_name))
    (table,) = kernel([VALUES if t.data is None else t.data for t in inputs])
    return Call("lookup", {"count": y.elements, "table": table}, inputs=(value,), in_place=(value,))


def of_one_value(layer: Layer) -> Call | None:
    """`lookup` of an operator of two inputs: an int8 activation and a constant of one value, or that activation again.

    None for others.
    """
    if not isinstance(layer.op, Binary):
        return None
    given = [layer.input(i) for i in range(2)]
    values = [i for i, t in enumerate(given) if not t.is_constant]
    x, y = given[values[0]] if values else given[0], layer.outputs[0]
    alike = all(t.name == x.name or (t.data is not None and (t.data == t.data.flat[0]).all()) for t in given)
    if not values or not alike or x.elements != y.elements or {t.dtype for t in (*given, y)} != {"int8"}:
        return None
    return lookup(layer, value=values[0])


def by_unsigned(call: Call, kernel: str, **fields: int) -> Call:
    """`call`'s by another kernel with these fields, whose table is indexed by the value as a number without a sign."""
    table = np.roll(np.asarray(call.fields["table"]), len(VALUES) // 2)
    return replace(call, kernel=kernel, fields={"table": table, **fields})


def _one(constant: Tensor) -> Tensor:
    assert constant.data is not None
    return constant.with_(shape=(1,), data=constant.data.reshape(-1)[:1])
