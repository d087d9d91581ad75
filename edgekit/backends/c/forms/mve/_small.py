"""What forms of small pictures share: where taps lie, and constants of outputs of 16 bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Value
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits
from edgekit.backends.c.forms.mve._requantize import Folded, integer


@dataclass(frozen=True)
class Taps:
    """Of one sample, by output pixel, then tap.

    Attributes:
        rows, columns: of the input; inside: whether the input has them.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    inside: NDArray[np.bool_]


def taps(fields: Mapping[str, Value]) -> Taps:
    """Of a portable call's `fields`."""
    rows, columns = (
        np.add.outer(
            np.arange(integer(fields, f"out_{side}")) * integer(fields, f"stride_{side}") - integer(fields, pad),
            np.arange(integer(fields, f"kernel_{side}")) * integer(fields, f"dilation_{side}"),
        )
        for side, pad in (("h", "pad_top"), ("w", "pad_left"))
    )
    shape = (rows.shape[0], columns.shape[0], rows.shape[1], columns.shape[1])
    flat = (shape[0] * shape[1], shape[2] * shape[3])
    y = np.broadcast_to(rows[:, None, :, None], shape).reshape(flat)
    x = np.broadcast_to(columns[None, :, None, :], shape).reshape(flat)
    inside = (y >= 0) & (y < integer(fields, "in_h")) & (x >= 0) & (x < integer(fields, "in_w"))
    return Taps(y, x, inside)


def folded(fields: Mapping[str, Value]) -> Folded | None:
    """Weights as (channels, taps) and constants; None where a channel needs shifts, or an output 32 bits."""
    weights = np.asarray(fields["weights"])
    weights = weights.reshape(-1, weights.shape[-1]).T
    return in_sixteen_bits(fields, weights)
