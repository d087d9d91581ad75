"""Convolution: of few channels with filters in registers, by bands of rows, or windows times filters."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._bands import bands
from edgekit.backends.c.forms.mve._narrow import narrow
from edgekit.backends.c.forms.mve._pack import products
from edgekit.backends.c.forms.mve._requantize import integer

GEOMETRY = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "out_c", "kernel_h", "kernel_w", "stride_h", "stride_w",
    "dilation_h", "dilation_w", "pad_top", "pad_left",
)  # fmt: skip
MANY = 64  # pixels from which on filters in registers cost less than 5 % more instructions, and save as many cycles


def form(layer: Layer, call: Call) -> list[Call]:
    windows = products(call, {name: call.fields[name] for name in GEOMETRY})
    held = narrow(call)
    if held is None:
        banded = bands(call)
        return windows if banded is None else [*windows, banded]
    few = integer(held.fields, "pixels") < MANY
    return [held, *(found for found in windows if few and found.fields["paired"])]
