"""The pieces of code of `firmware/src/depthwise_conv_2d_stream_dsp.c`, which its streams name by how far they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


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


OUTPUTS = 4  # of a group
GROUP = 1 + OUTPUTS  # words at the begin of a group: a jump, four sums
_GO = Piece(6, 1, 2)
PIECES = {  # in the order of the code
    "pair4": Piece(46, 6, 13, 4), "go4": _GO, "last4": Piece(32, 4, 9), "finish4": Piece(80, 9 + GROUP, 20),
    "first3": Piece(60, 7 + GROUP, 15), "last3": Piece(60, 7 + GROUP, 15),
    "finish2": Piece(44, 5 + GROUP, 11), "finish1": Piece(28, 3 + GROUP, 7),
    "pair2": Piece(26, 4, 8, 3), "go2": _GO, "word2": Piece(20, 3, 6, 3), "go_word": _GO, "four1": Piece(26, 6, 9, 2),
    "go1": _GO, "pair2x2": Piece(34, 6, 10, 3), "go2x2": _GO, "pair1x4": Piece(26, 6, 8, 3), "go1x4": _GO,
    "pair1x2": Piece(18, 4, 6, 3), "go1x2": _GO, "words1": Piece(38, 6, 11, 3), "go_words": _GO,
}  # fmt: skip
GO = {"pair4": "go4", "pair2": "go2", "word2": "go_word", "four1": "go1", "pair2x2": "go2x2", "pair1x4": "go1x4",
      "pair1x2": "go1x2", "words1": "go_words"}  # fmt: skip
PIXEL = -40  # where a pixel ends
PIXEL_INSTRUCTIONS, RUN_INSTRUCTIONS = 7, 8  # of its end and of the next group's begin; more of a run's


def start_of(name: str) -> int:
    """Where the first of a piece is, in bytes of code."""
    names = list(PIECES)
    return sum(PIECES[n].bytes * PIECES[n].count for n in names[: names.index(name)])


def end_of(name: str) -> int:
    return start_of(name) + PIECES[name].bytes * PIECES[name].count


END = end_of("go_words")


def piece_at(place: int) -> str:
    """The piece whose code has this byte."""
    return next(name for name in PIECES if place < end_of(name))


@dataclass
class Stream:
    """The words of all kinds of windows, one after the other."""

    words: list[int] = field(default_factory=list)
    jump: int = 0  # where the word of the last jump is
    place: int = 0  # from where it counts

    @property
    def bytes(self) -> int:
        return 4 * len(self.words)

    def window(self) -> None:
        """Another kind of window begins."""
        self.place = 0
        self._to_come()

    def group(self, sums: Sequence[int], units: Sequence[tuple[str, list[int]]], finish: str, last: list[int]) -> None:
        """A group of outputs: starts of its sums, code and words of its taps, code of the outputs and its words."""
        self.words += [*sums, *[0] * (GROUP - 1 - len(sums))]
        for name, several in _chains(units):
            self._jump(end_of(name) - PIECES[name].bytes * len(several))
            self.words += [word for words in several for word in words]
            self.place = end_of(GO.get(name, name))
            self._to_come()
        self._jump(start_of(finish))
        self.words += last
        self.place = end_of(finish)
        self._to_come()

    def end(self, place: int = PIXEL) -> None:
        """After the groups."""
        self._jump(place)
        self.words += [0] * (GROUP - 1)

    def _to_come(self) -> None:
        self.jump = len(self.words)
        self.words.append(0)

    def _jump(self, place: int) -> None:
        self.words[self.jump] = place - self.place


def _chains(units: Sequence[tuple[str, list[int]]]) -> Iterator[tuple[str, list[list[int]]]]:
    """Neighbours of one piece, as many as its code has."""
    while units:
        name, several = units[0][0], 0
        while several < min(len(units), PIECES[name].count) and units[several][0] == name:
            several += 1
        yield name, [words for _, words in units[:several]]
        units = units[several:]
