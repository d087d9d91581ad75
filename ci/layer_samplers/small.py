"""Small layers whose kernels are for their shapes: 1x1 convolutions in steps of two, several samples; no clamp."""

from __future__ import annotations

from itertools import product

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.fully_connected import FullyConnected

ROWS = (*product((8,), (3, 4), (13, 15)), *product((16, 24, 32), (1,), (7, 8, 13, 20, 27)))  # inputs, outputs, width
SAMPLES = (*product((8, 10), (3,)), (10, 4), *product((4, 8, 12, 16, 20, 32), (2,)))
PACKED = tuple(product((4, 8, 10, 12, 16, 24, 32, 48, 64), (1, 2), (0, 1)))  # outputs, step, whether a line is odd
FOUR = ((8, 2), (10, 2), (30, 1), (33, 1))


def _graph(shape: tuple[int, ...], out_c: int, op: Conv2D | FullyConnected, d: Draw) -> Graph:
    b = Builder("small", shape, d.of(*range(1000)))
    window = (1, 1) if isinstance(op, Conv2D) else ()
    return b.ended(b.weighted(op, "input", (out_c, *window, shape[-1]), 0))


def rows_by_two(d: Draw) -> Graph:
    """Rows of every second pixel."""
    inputs, outputs, width = d.turn(ROWS)
    return _graph((1, 3 + d.upto(20), width, inputs), outputs, Conv2D((2, 2)), d)


def sevens(d: Draw) -> Graph:
    """Rows of seven of every second pixel of few channels."""
    return _graph((1, 3 + d.upto(20), d.of(13, 14), d.turn((4, 8))), 1, Conv2D((2, 2)), d)


def samples(d: Draw) -> Graph:
    """Four samples, two and six too where there are two outputs."""
    inputs, outputs = d.turn(SAMPLES)
    return _graph((d.of(2, 4, 6) if outputs == 2 else 4, inputs), outputs, FullyConnected(), d)


def fours(d: Draw) -> Graph:
    """One output of four pixels or more."""
    return _graph((1, d.upto(12), 4 * d.upto(4), d.turn((4, 8, 16, 24, 32, 64))), 1, Conv2D(), d)


def four_samples(d: Draw) -> Graph:
    """Few outputs, without a loop."""
    inputs, outputs = d.turn(FOUR)
    return _graph((4, inputs), outputs, FullyConnected(), d)


def one_sample_of_ten(d: Draw) -> Graph:
    return _graph((1, 10), 4, FullyConnected(), d)


def one_sample_of_64(d: Draw) -> Graph:
    return _graph((1, 64), 1, FullyConnected(), d)


def odd_images(d: Draw) -> Graph:
    """Images whose rows are not as far apart as the images are."""
    inputs = d.turn(tuple(range(1, 17)))
    side = 3 + 2 * d.upto(4)
    return _graph((1 + d.upto(4), side, side, inputs), d.upto(20), Conv2D((2, 2)), d)


def packed(d: Draw) -> Graph:
    """Five inputs."""
    outputs, step, odd = d.turn(PACKED)
    return _graph((1, d.upto(12), step * (2 * d.upto(6) + odd), 5), outputs, Conv2D((2, step)), d)


def packed_odd(d: Draw) -> Graph:
    """Five inputs and 16 outputs."""
    step, odd = d.turn(tuple(product((1, 2), (0, 1))))
    return _graph((1, d.upto(12), step * (2 * d.upto(6) + odd), 5), 16, Conv2D((2, step)), d)


def packed_four(d: Draw) -> Graph:
    """Four inputs, outputs by eights or fours."""
    out_c, kind = d.turn(tuple(product((4, 8, 12, 16, 24, 32, 64), range(4))))
    side = d.upto(9)
    if kind == 0:
        return _graph((d.upto(12), 4), out_c, FullyConnected(), d)
    if kind == 1:
        return _graph((d.of(1, 2), side, side, 4), out_c, Conv2D(), d)
    return _graph(
        (1 if kind == 2 else 2 + d.upto(2), 3 + side // 2 * 2, 3 + side // 2 * 2, 4), out_c, Conv2D((2, 2)), d
    )


def packed_ten(d: Draw) -> Graph:
    """Four inputs, ten outputs; lines that are not one."""
    kind, odd = d.turn(tuple(product(range(3), (0, 1))))
    count = 2 * d.upto(8) + odd
    if kind == 0:
        return _graph((count, 4), 10, FullyConnected(), d)
    return _graph((1, d.upto(8), 2 * count - 1, 4), 10, Conv2D((1, 2)), d)


def packed_three(d: Draw) -> Graph:
    """Two to five inputs, three outputs; lines that are not one."""
    step, more, inputs = d.turn(tuple(product((1, 2), range(4), (2, 3, 4, 5))))
    height = step * d.upto(6) if step > 1 else d.upto(2)
    return _graph((1, height, step * (4 * d.upto(4) + more) - (step > 1), inputs), 3, Conv2D((1, step)), d)


SAMPLERS: tuple[Sampler, ...] = (
    (rows_by_two, 4 * len(ROWS)),
    (sevens, 12),
    (samples, 4 * len(SAMPLES)),
    (odd_images, 64),
    (packed, 3 * len(PACKED)),
    (packed_odd, 16),
    (packed_four, 112),
    (packed_ten, 24),
    (packed_three, 96),
    (one_sample_of_ten, 4),
    (four_samples, 4 * len(FOUR)),
    (fours, 30),
    (one_sample_of_64, 4),
)
