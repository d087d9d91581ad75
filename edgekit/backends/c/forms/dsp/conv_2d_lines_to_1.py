"""Convolution of two, three or five channels into one, stride 2: `firmware/src/conv_2d_lines_to_1_dsp.c`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._threaded import Lines, Windows, windows

OPERATOR = "conv_2d"
FILE = "conv_2d_lines_to_1_dsp"
STRIDE, SIDE = 2, 3
FOUR = 4  # rows or columns from two lines or outputs to the next two; an odd size has one more
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


def _and(at: int, output: int, other: tuple[int, int]) -> Word:
    """A word that another output has a part of, too."""
    return at, ((output, EVEN), (output, ODD), (1 - output, other))


LEFT = {  # by channels
    2: Block((-2, 2), ("left", "main"), (_and(0, 0, LAST), _both(4, 1))),
    3: Block((-3, 3), ("left", "main"), (_and(0, 0, ODD), _and(4, 1, PAIR), _both(8, 1))),
    5: Block((-5,), ("left",), (_both(0), _both(4), (8, ((0, PAIR),)))),
}
MIDDLE = {
    2: Block((0, 4), ("main", "main"), (_both(0), (4, ((0, PAIR), (1, PAIR))), _both(6, 1))),
    3: Block((0, 6), ("main", "main"), (_both(0), _and(4, 0, EVEN), _and(7, 1, ODD), _both(11, 1))),
    5: Block((0,), ("main",), (_both(0), _both(4), _both(8), _both(11))),
}
RIGHT = {
    2: Block((0,), ("right",), (_both(0),)),
    3: Block((0,), ("right",), (_both(0), (4, ((0, PAIR),)))),
    5: Block((0,), ("right",), (_both(0), _both(4), (8, ((0, PAIR),)))),
}
RIGHT_EVEN = {
    2: Block((0, 4), ("main", "right"), (_both(0), _and(4, 1, PAIR))),
    3: Block((0, 6), ("main", "right"), (_both(0), _and(4, 0, LAST), _and(8, 1, EVEN))),
    5: RIGHT[5],
}
NAMES = {2: "two", 3: "three", 5: "five"}


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    channels = layer.input(0).shape[-1]
    found = windows(layer, call, inputs=channels) if channels in NAMES else None
    if found is None or found.f["out_c"] != 1 or found.f["stride_w"] != STRIDE:
        return None
    f, odd = found.f, found.f["pad_top"]
    outputs = len(MIDDLE[channels].starts)
    by = STRIDE * outputs
    if found.padded != (odd, 1) or f["in_h"] % FOUR != odd or f["in_w"] % by != odd or len(found.lines) != 2 + odd:
        return None
    if f["in_h"] < 2 * FOUR or f["in_w"] < 2 * by:
        return None
    inside, last = found.lines[odd:]
    left, middle, right = LEFT[channels], MIDDLE[channels], (RIGHT if odd else RIGHT_EVEN)[channels]
    lines = [
        (found.lines[0], None, FIRST, (left, middle, right)),
        (inside, inside, INSIDE, (right, left, middle)),
        (inside, last, INSIDE, (left, middle, right)),
    ]
    stream = [
        word
        for upper, lower, rows, blocks in lines[1 - odd :]
        for block in blocks
        if odd or block is not left
        for word in _block(found, block, upper, lower, rows, 2 * outputs)
    ]
    pitch = f["in_w"] * channels
    return Call(f"conv_2d_{NAMES[channels]}_to_1_{'' if odd else 'even_'}dsp", {
        "stream": np.array(stream, np.int64).astype(np.int32), "before": (f["out_h"] - 2) * f["out_w"],
        "images": f["batches"], "pitch": pitch, "three": SIDE * pitch, "out_w": f["out_w"],
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
