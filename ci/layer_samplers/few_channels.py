"""Convolutions of few channels, and small pictures."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler, weighted
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D


def apart(d: Draw) -> Graph:
    """3x3 windows of four channels into one, two columns apart, an odd number of columns; no clamp."""
    b = Builder("apart", (d.upto(3), 2 + d.upto(16), 1 + 2 * d.upto(12), 4), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (1, 3, 3, 4), 0))


def tiny(d: Draw) -> Graph:
    """Into 8 channels: pictures of one to four pixels that are one window, or some that together have many."""
    one, inputs = d.of(0, 1), d.upto(4)
    shape = (1, d.upto(2), d.upto(2), inputs) if one else (d.of(3, 4, 5), 13 + d.upto(6), 13 + d.upto(6), inputs)
    b = Builder("tiny", shape, d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2) if one else (1, 1)), "input", (8, 3, 3, inputs), 0))


def first(d: Draw) -> Graph:
    """First layers of images: windows of one to three channels."""
    (h, w), channels, side = d.size(), d.of(1, 2, 3, 3, 3), d.of(3, 3, 3, 5)
    op = Conv2D(stride=d.stride(), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    return weighted(op, d, (d.upto(32), side, side, channels), 0, (1, h + side, w + side, channels))


def pictures(d: Draw) -> Graph:
    """Windows of 3x3 in one or several images of few channels, into few or many; no clamp inside."""
    (h, w), stride, channels = d.size(), d.of(1, 2), d.of(2, 2, 3, 3, 3, 4, 4, 5, 8, 16, 24)
    outputs = d.of(8, 16, 24, 64) if d.of(0, 1, 1) else d.of(1, 2, 3, 4, 9, 10, 12)
    b = Builder("pictures", (d.of(1, 1, 2, 4), h + 2, w + 2, channels), d.of(*range(1000)))
    op = Conv2D((d.of(stride, stride, 1, 2), stride), padding="same" if d.of(0, 1, 1) else "valid")
    return b.ended(b.weighted(op, "input", (outputs, 3, 3, channels), 0))


def few_windows(d: Draw) -> Graph:
    """Windows of three rows into one, three, four or ten channels."""
    (h, w), outputs, side = d.size(), d.of(1, 3, 4, 10), d.of(3, 3, 3, 2, 4)
    channels = d.of(
        *{1: (2, 4, 5, 8, 16, 24, 32, 48, 64), 3: (3, 5, 8, 16, 24, 32), 4: (3, 4, 5, 8, 16, 24), 10: (4, 5, 5, 8, 8)}[
            outputs
        ]
    )
    stride = d.of(1, 1, 2)
    op = Conv2D((stride, stride), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    shape = (d.of(1, 1, 2, 3), 2 + h, 4 + w, channels)
    return weighted(op, d, (outputs, 3, side, channels), 0, shape)


def pictures_into_ten(d: Draw) -> Graph:
    """Windows of 3x3 of three channels into ten, rows of a multiple of four pixels."""
    stride = d.of(1, 2)
    b = Builder("ten", (d.of(1, 1, 2, 4), 2 + d.upto(20), 4 * stride * d.upto(6), 3), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((d.of(stride, 1), stride)), "input", (10, 3, 3, 3), 0))


def spans(d: Draw) -> Graph:
    """Windows of 3x3 into few channels, rows of 12 or, in steps of two, of 13 pixels; no clamp inside."""
    stride = d.of(1, 1, 1, 2, 2, 2, 2, 2)
    side, channels = (12, d.of(3, 4, 5, 8)) if stride == 1 else (13, d.of(3, 4, 5, 8, 16, 24))
    height = 2 + d.upto(20) if stride == 1 else 3 + 2 * d.upto(9)
    b = Builder("spans", (d.of(1, 1, 2, 3), height, side, channels), d.of(*range(1000)))
    outputs = 4 if channels == 3 else d.of(1, 1, 3, 4, 10)
    return b.ended(b.weighted(Conv2D((stride, stride)), "input", (outputs, 3, 3, channels), 0))


def tiles(d: Draw) -> Graph:
    """Windows of 3x3 of two channels into ten or more than seven, rows of an even number of pixels; no clamp inside."""
    shape = (d.of(1, 1, 2, 3), 3 + d.upto(16), 2 + 2 * d.upto(18), 2)
    b = Builder("tiles", shape, d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(), "input", (d.of(8, 8, 10, 10, 10, 12, 16, 24), 3, 3, 2), 0))


def plane(d: Draw) -> Graph:
    """Windows of 3x3 in one channel, next to each other or not."""
    (h, w), stride, same = d.size(), d.of(1, 1, 2), d.of(0, 1, 1)
    op = Conv2D((stride, stride), padding="same" if same else "valid", activation=d.activation())
    shape = (d.of(1, 1, 2), h, w, 1) if same else (1, h + 2, w + 2, 1)
    return weighted(op, d, (d.upto(40), 3, 3, 1), 0, shape)


def unpadded(d: Draw) -> Graph:
    """Windows of 3x3 in one or two channels, pictures of few values; no clamp inside."""
    channels, stride, kind = d.of(1, 1, 2), d.of(1, 2), d.of(0, 1, 1, 1)
    if kind == 0:
        side, channels = d.of(1, 2, 3), 1
        shape, out_c = (d.upto(4), side, side, 1), 2 * d.upto(8)
    else:
        shape, out_c = (
            (d.upto(3), d.of(1, 3 + d.upto(14)), 3 + d.upto(31 // channels), channels),
            d.of(1, 2, 2) * d.upto(8),
        )
    op = Conv2D((stride, stride), padding="valid" if min(shape[1:3]) > 2 and stride == 1 and d.of(0, 0, 1) else "same")
    b = Builder("unpadded", shape, d.of(*range(1000)))
    return b.ended(b.weighted(op, "input", (out_c, 3, 3, channels), 0))


def rows(d: Draw) -> Graph:
    """Windows of 3x3 in 2 to 5 or in a multiple of 8 channels, into few."""
    stride, channels = d.of(1, 2), d.of(2, 3, 4, 5) if d.of(0, 1, 1) else 8 * d.upto(4)
    same = bool(d.of(0, 1, 1, 1))
    h, w = stride * d.upto(24), stride * d.of(3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    h, w = (side - d.of(0, stride - 1) if same else side + 2 for side in (h, w))  # padding at both ends, or at one
    op = Conv2D((stride, stride), padding="same" if same else "valid", activation=d.activation())
    return weighted(op, d, (d.of(1, 1, 2, 3, 4, 8), 3, 3, channels), 0, (d.of(1, 1, 3), h, w, channels))


def small_of_two(d: Draw) -> Graph:
    """Windows of 3x3 of two channels in one small picture; no clamp inside."""
    stride, side = d.of(1, 2, 2), d.of(4, 5, 6, 7, 8, 9)
    h, w = (stride * (side + d.of(0, 1)) + d.of(0, 1) + 2 for _ in range(2))
    b = Builder("small", (1, h, w, 2), d.of(*range(1000)))
    op = Conv2D((stride, stride), padding="same" if d.of(0, 1, 1) else "valid")
    return b.ended(b.weighted(op, "input", (2 * d.upto(20), 3, 3, 2), 0))


SAMPLERS: tuple[Sampler, ...] = (
    (first, 30),
    (plane, 80),
    (unpadded, 160),
    (rows, 280),
    (apart, 24),
    (tiny, 16),
    (pictures, 140),
    (few_windows, 160),
    (pictures_into_ten, 24),
    (spans, 160),
    (tiles, 60),
    (small_of_two, 60),
)
