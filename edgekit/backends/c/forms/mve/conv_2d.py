"""Convolution: of few channels with filters in registers, by bands of rows, or windows times filters."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._bands import bands
from edgekit.backends.c.forms.mve._narrow import narrow
from edgekit.backends.c.forms.mve._pack import products

GEOMETRY = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "out_c", "kernel_h", "kernel_w", "stride_h", "stride_w",
    "dilation_h", "dilation_w", "pad_top", "pad_left",
)  # fmt: skip


def form(layer: Layer, call: Call) -> list[Call]:
    windows = products(call, {name: call.fields[name] for name in GEOMETRY})
    held = narrow(call)
    banded = bands(call) if held is None else None
    return [found for found in (held, *windows, banded) if found is not None]
