"""Depthwise convolution of small pictures by gathered windows: `firmware/src/depthwise_conv_2d_windows_mve.c`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._requantize import Folded
from edgekit.backends.c.forms.mve._small import folded, taps
from edgekit.backends.c.forms.mve._strips import cropped, upright

OPERATOR = "depthwise_conv_2d"
BLOCK, TAPS, WORD = 4, 16, 4
REACH = 256  # bytes that offsets reach
FILL = 32  # zero points at a time
MOST_PIXELS = (
    25  # of outputs; where a channel has one filter, more of them repay patches, which gather words, not bytes
)
KEPT = ("batches", "in_zero", "out_zero", "low", "high")


@dataclass(frozen=True)
class Copy:
    """A group's copy in scratch, in pixels.

    Attributes:
        offsets: (pixels of outputs, taps), of one row of them or of all. rows: of outputs; row_step: between them.
        copied: rows of the input, `line` pixels of each; pitch, first: of them in scratch.
        filled: where `fill` zero points are.
    """

    offsets: NDArray[np.int64]
    rows: int
    row_step: int
    copied: int
    line: int
    pitch: int
    first: int
    filled: int
    fill: int


def form(layer: Layer, call: Call) -> list[Call] | None:
    """Of all channels and of 4 at a time, the picture as it is and padded; None where a condition does not hold."""
    del layer
    fields: dict[str, Any] = dict(upright(cropped(call.fields)))
    channels, out_c = fields["in_c"], fields["in_c"] * fields["depth_multiplier"]
    taps_of_window, pads = fields["kernel_h"] * fields["kernel_w"], (fields["pad_top"], fields["pad_left"])
    small = out_c > channels or fields["out_h"] * fields["out_w"] <= MOST_PIXELS
    if taps_of_window > TAPS or out_c < BLOCK or min(pads) < 0 or not small:
        return None
    groups = [channels, *([WORD] if channels % WORD == 0 and channels > WORD else [])]
    pictures = [_picture(fields)] if fields["in_h"] * fields["in_w"] * groups[-1] <= REACH else []
    copies = [(copy, group) for copy in (*pictures, _padded(fields)) for group in groups
              if copy.offsets.max() * group < REACH]  # fmt: skip
    found = folded(fields) if copies else None
    return None if found is None else [_made(fields, found, copy, group) for copy, group in copies]


def _picture(fields: dict[str, Any]) -> Copy:
    """The picture as it is, then a zero point to which taps outside point."""
    where, size = taps(fields), fields["in_h"] * fields["in_w"]
    offsets = np.where(where.inside, where.rows * fields["in_w"] + where.columns, size)
    return Copy(offsets, 1, 0, 1, size, size, 0, size, 1)


def _padded(fields: dict[str, Any]) -> Copy:
    """Rows between zero points; those after a row are those before the next one too."""
    spans = [
        (fields[f"out_{s}"] - 1) * fields[f"stride_{s}"] + (fields[f"kernel_{s}"] - 1) * fields[f"dilation_{s}"] + 1
        for s in "hw"
    ]
    top, left = fields["pad_top"], fields["pad_left"]
    copied, line = min(fields["in_h"], spans[0] - top), min(fields["in_w"], spans[1] - left)
    pitch = line + max(left, spans[1] - left - line)
    rows, columns = (np.arange(fields[f"kernel_{s}"]) * fields[f"dilation_{s}"] for s in "hw")
    of_taps = np.add.outer(rows * pitch, columns).reshape(-1)
    offsets = np.add.outer(np.arange(fields["out_w"]) * fields["stride_w"], of_taps)
    total = (spans[0] - 1) * pitch + spans[1]
    return Copy(offsets, fields["out_h"], fields["stride_h"] * pitch, copied, line, pitch, top * pitch + left, 0, total)


def _made(fields: dict[str, Any], found: Folded, copy: Copy, group: int) -> Call:
    multiplier, channels, of_four = fields["depth_multiplier"], fields["in_c"], group < fields["in_c"]
    groups, out_c = channels // group, channels * multiplier
    in_size, out_size = fields["in_h"] * fields["in_w"] * channels, fields["out_h"] * fields["out_w"] * out_c
    offsets = np.zeros((len(copy.offsets), TAPS), np.uint8)
    offsets[:, : copy.offsets.shape[1]] = copy.offsets * group
    starts = list(_starts(out_c))
    fill = -(-copy.fill * group // FILL)
    limited = (fields["low"], fields["high"]) != (-128, 127)
    return Call(
        "depthwise_conv_2d_windows_mve",
        {
            **{name: fields[name] for name in KEPT},
            "offsets": offsets, "columns": len(offsets), "rows": copy.rows, "row_step": copy.row_step * group,
            "blocks": np.concatenate([_block(found, start, multiplier, group) for start in starts]),
            "groups": groups, "group_blocks": len(starts) // groups,
            "copied": copy.copied, "line": copy.line * (1 if of_four else group),
            "x_pitch": fields["in_w"] * channels, "pitch": copy.pitch * group, "step": WORD * channels * of_four,
            "first": copy.first * group, "filled": copy.filled * group, "fill": fill,
            "out_c": out_c, "next_x": in_size - WORD * groups, "next_y": out_size,
            "clamped": fields["batches"] * out_size * limited,
        },
        scratch=copy.filled * group + FILL * fill,
    )  # fmt: skip


def _starts(channels: int) -> Iterator[int]:
    """Of blocks of 4 outputs; the last one begins within the one before, where they are not whole."""
    yield from range(0, channels - BLOCK + 1, BLOCK)
    if channels % BLOCK:
        yield channels - BLOCK


def _block(found: Folded, start: int, multiplier: int, group: int) -> NDArray[np.int32]:
    """Constants, places and weights of 4 outputs."""
    outputs = np.arange(start, start + BLOCK)
    weights = np.zeros((BLOCK, TAPS), np.int8)
    weights[:, : found.weights.shape[1]] = found.weights[outputs]
    places = outputs // multiplier % group
    constants = (found.bias[outputs], found.multiplier[outputs], found.second[outputs])
    words = (*constants, places[:3], outputs[:1], places[3:], weights.view("<i4").reshape(-1))
    return np.concatenate(words).astype(np.int32)
