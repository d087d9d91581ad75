"""The pieces of code of `firmware/src/depthwise_conv_2d_stream_dsp.c`, which its streams name by how far they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """`count` times the same code one after the other.

    Attributes:
        bytes: of code. words: of the stream that it takes. instructions: that it has.
    """

    bytes: int
    words: int
    instructions: int
    count: int = 1


GROUP = 5  # words at the begin of a group: a jump, four sums
_GO = Piece(6, 1, 2)
PIECES = {  # in the order of the code
    "pair4": Piece(46, 6, 13, 4), "go4": _GO, "last4": Piece(32, 4, 9), "finish4": Piece(80, 9 + GROUP, 20),
    "first3": Piece(60, 7 + GROUP, 15), "last3": Piece(60, 7 + GROUP, 15),
    "finish2": Piece(44, 5 + GROUP, 11), "finish1": Piece(28, 3 + GROUP, 7),
    "pair2": Piece(26, 4, 8, 3), "go2": _GO, "word2": Piece(20, 3, 6, 3), "go_word": _GO, "four1": Piece(26, 6, 9, 2),
    "go1": _GO, "pair2x2": Piece(34, 6, 10, 3), "go2x2": _GO, "pair1x4": Piece(26, 6, 8, 3), "go1x4": _GO,
    "pair1x2": Piece(18, 4, 6, 3), "go1x2": _GO,
}  # fmt: skip
PIXEL = -40  # where a pixel ends
PIXEL_INSTRUCTIONS, RUN_INSTRUCTIONS = 7, 8  # of its end and of the next group's begin; more of a run's


def start_of(name: str) -> int:
    """Where the first of a piece is, in bytes of code."""
    names = list(PIECES)
    return sum(PIECES[n].bytes * PIECES[n].count for n in names[: names.index(name)])


def end_of(name: str) -> int:
    return start_of(name) + PIECES[name].bytes * PIECES[name].count


END = end_of("go1x2")


def piece_at(place: int) -> str:
    """The piece whose code has this byte."""
    return next(name for name in PIECES if place < end_of(name))
