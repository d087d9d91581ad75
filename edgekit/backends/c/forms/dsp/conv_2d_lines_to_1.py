"""Convolution of two, three or five channels into one, stride 2: `firmware/src/conv_2d_lines_to_1_dsp.c`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._threaded import Lines, Windows, windows

OPERATOR = "conv_2d"
FILE = "conv_2d_lines_to_1_dsp"
STRIDE, SIDE = 2, 3  # SIDE, too: first line, lines inside, last line
FOUR = 4  # rows or columns from two lines or outputs to the next two; one more at the edges
LEAST, LEAST_OF_ONE = 9, 5  # rows and columns, where a block has two outputs of a line; columns, where it has one
FIRST, INSIDE = (2, 1), (1, 2, 0)  # the kernel's rows in the order of their weights: of the first line, of others
EVEN, ODD, PAIR, LAST = (0, 2), (1, 3), (0, 1), (2, 3)  # values of a word that meet two weights

Word = tuple[int, tuple[tuple[int, tuple[int, int]], ...]]


@dataclass(frozen=True)
class Block:
    """Outputs, by where a row of each one's window begins, and words: at which value, what meets weights of which."""

    starts: tuple[int, ...]
    sides: tuple[str, ...]
    words: tuple[Word, ...]


def _both(at: int, output: int = 0) -> Word:
    return at, ((output, EVEN), (output, ODD))


BLOCKS = {  # by channels: on the left, in the middle, on the right
    2: (
        Block((-2, 2), ("left", "main"), ((0, ((0, EVEN), (0, ODD), (1, LAST))), _both(4, 1))),
        Block((0, 4), ("main", "main"), (_both(0), (4, ((0, PAIR), (1, PAIR))), _both(6, 1))),
        Block((0,), ("right",), (_both(0),)),
    ),
    3: (
        Block((-3, 3), ("left", "main"), (
            (0, ((0, EVEN), (0, ODD), (1, ODD))), (4, ((1, EVEN), (1, ODD), (0, PAIR))), _both(8, 1))),
        Block((0, 6), ("main", "main"), (
            _both(0), (4, ((0, EVEN), (0, ODD), (1, EVEN))), (7, ((1, EVEN), (1, ODD), (0, ODD))), _both(11, 1))),
        Block((0,), ("right",), (_both(0), (4, ((0, PAIR),)))),
    ),
    5: (
        Block((-5,), ("left",), (_both(0), _both(4), (8, ((0, PAIR),)))),
        Block((0,), ("main",), (_both(0), _both(4), _both(8), _both(11))),
        Block((0,), ("right",), (_both(0), _both(4), (8, ((0, PAIR),)))),
    ),
}  # fmt: skip
NAMES = {2: "conv_2d_two_to_1_dsp", 3: "conv_2d_three_to_1_dsp", 5: "conv_2d_five_to_1_dsp"}


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    channels = layer.input(0).shape[-1]
    found = windows(layer, call, inputs=channels) if channels in BLOCKS else None
    if found is None or found.f["out_c"] != 1 or found.f["stride_w"] != STRIDE or found.padded != (1, 1):
        return None
    f, sums = found.f, 2 * len(BLOCKS[channels][0].starts)
    height, width, out_w = f["in_h"], f["in_w"], f["out_w"]
    if len(found.lines) != SIDE or height < LEAST or height % FOUR != 1:
        return None
    if width < LEAST_OF_ONE if sums == 2 else width < LEAST or width % FOUR != 1:
        return None
    first, inside, last = found.lines
    left, middle, right = BLOCKS[channels]
    stream = [
        word
        for upper, lower, rows, blocks in (
            (first, None, FIRST, (left, middle, right)),
            (inside, inside, INSIDE, (right, left, middle)),
            (inside, last, INSIDE, (left, middle, right)),
        )
        for block in blocks
        for word in _block(found, block, upper, lower, rows, sums)
    ]
    pitch = width * channels
    return Call(NAMES[channels], {
        "stream": np.array(stream, np.int64).astype(np.int32), "inside": (f["out_h"] - SIDE) * out_w + 1,
        "images": f["batches"], "pitch": pitch, "three": SIDE * pitch, "out_w": out_w,
    }, source=FILE)  # fmt: skip


def _block(
    found: Windows, block: Block, upper: Lines, lower: Lines | None, rows: tuple[int, ...], sums: int
) -> list[int]:
    """Biases of each output's two lines, words of weights, multiplier, divider, zero point."""
    biases = [
        0 if lines is None else int(found.table(lines, side)[0][0]) for side in block.sides for lines in (upper, lower)
    ]
    kernel = found.weights.reshape(SIDE, -1)
    words: list[int] = []
    taken: set[tuple[int, int]] = set()
    for at, uses in block.words:
        own = [(output, at + value - block.starts[output]) for output, values in uses for value in values]
        used = [(o, value) not in taken and 0 <= value < kernel.shape[1] for o, value in own]
        taken |= set(own)
        for row in rows:
            halves = [int(kernel[row, value]) if inside else 0 for (_, value), inside in zip(own, used, strict=True)]
            words += np.array(halves, np.int16).view(np.int32).tolist()
    constants = [int(found.folded.multiplier[0]), int(found.folded.divider[0]), found.f["out_zero"]]
    return [*biases, *[0] * (sums - len(biases)), *words, *constants]
