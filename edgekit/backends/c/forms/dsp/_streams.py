"""The words of depthwise convolutions by streams: `firmware/include/edgekit/depthwise_stream_dsp.h`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._requantize import Folded
from edgekit.backends.c.forms.dsp._stream_code import OUTPUTS, Stream

FINISH = {1: "finish1", 2: "finish2", 4: "finish4"}
ONE = {1: "four1", 2: "pair1x2", 4: "pair1x4"}  # for the outputs of a channel
NEIGHBOURS = 2  # windows of one channel that are computed together
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Tap:
    """A tap inside the input: bytes from the window's first one; which of the weights; of which neighbour's window."""

    place: int
    weight: int
    window: int = 0


@dataclass(frozen=True)
class _Group:
    """Code of the taps, code of the outputs, the first channel that is read, outputs, -1 for one that is not."""

    taps: str
    finish: str
    channel: int
    outputs: list[int]


def field(call: Call, name: str) -> int:
    return int(call.fields[name])  # type: ignore[arg-type]


def _sums(layer: Layer, folded: Folded, taps: Sequence[Tap]) -> Ints:
    """The starts of all outputs' sums with these taps inside."""
    outside = sorted({*range(folded.halves.shape[1])} - {tap.weight for tap in taps})
    weights = folded.halves[:, outside].astype(np.int64)
    return np.asarray(folded.start + layer.input(0).zero_point * weights.sum(axis=1))


def _constants(folded: Folded, outputs: Sequence[int], zero: int) -> list[int]:
    found = [int(n) for own in outputs for n in (folded.multiplier[own], folded.divider[own])]
    return [*found[:6], zero, *found[6:]]


def groups(stream: Stream, layer: Layer, call: Call, folded: Folded, taps: Sequence[Tap], reach: tuple[int, int],
            windows: int) -> bool:  # fmt: skip
    """The words of a kind of window of all channels."""
    sums, zero = _sums(layer, folded, taps), field(call, "out_zero")
    stream.window()
    for group in _outputs(layer.input(0).shape[3], folded.bias.size, taps, reach):
        read = [own for own in group.outputs if own >= 0]
        weights = np.zeros((OUTPUTS, folded.halves.shape[1]), np.int64)
        lanes = [lane for lane, own in enumerate(group.outputs) if own >= 0]
        weights[lanes] = folded.halves[read]
        starts = np.zeros(OUTPUTS, np.int64)
        starts[lanes] = sums[read]
        units = _units(group, [(tap.place, weights[: len(group.outputs), tap.weight]) for tap in taps])
        stream.group(starts.tolist(), units, group.finish, _constants(folded, read, zero))
    stream.end()
    return True


def _outputs(channels: int, outputs: int, taps: Sequence[Tap], reach: tuple[int, int]) -> Iterator[_Group]:
    """All outputs of a pixel. `reach`: the first and the end of the places that are inside for all windows."""
    many, c, places = outputs // channels, 0, [tap.place for tap in taps]
    while many == 1 and channels - c >= OUTPUTS:
        yield _Group("pair4", "finish4", c, list(range(c, c + OUTPUTS)))
        c += OUTPUTS
    if many == 1 and channels - c == 3:
        if c > 0 or not taps or min(places) > reach[0]:
            yield _Group("pair4", "last3", c - 1, [-1, c, c + 1, c + 2])
            return
        if max(places) + OUTPUTS <= reach[1]:
            yield _Group("pair4", "first3", c, [c, c + 1, c + 2, -1])
            return
    while many <= 2 and channels - c >= 2:
        code = "pair2x2" if many == 2 else "word2" if channels == 2 else "pair2"
        yield _Group(code, FINISH[2 * many], c, list(range(c * many, (c + 2) * many)))
        c += 2
    for channel in range(c, channels):
        own, end = channel * many, (channel + 1) * many
        while own < end:
            count = max(n for n in ONE if n <= end - own)
            yield _Group(ONE[count], FINISH[count], channel, list(range(own, own + count)))
            own += count


def _units(group: _Group, taps: Sequence[tuple[int, Ints]]) -> list[tuple[str, list[int]]]:
    """The code of taps, of which each has its place and the weights of all outputs, and the words that it takes."""
    code, left = group.taps, [(place + group.channel, w) for place, w in taps]
    none = np.zeros(len(group.outputs), np.int64)
    units: list[tuple[str, list[int]]] = []
    if code == "word2":
        left, words = _words(left, none)
        units, code = [("word2", [place, *_packed(a, b)]) for place, a, b in words], "pair2"
    last = [left.pop()] if code == "pair4" and len(left) % 2 == 1 else []
    width = 4 if code == "four1" else 2
    for first in range(0, len(left), width):
        own = left[first : first + width]
        own += [(own[0][0], none)] * (width - len(own))
        pairs = [_packed(a, b) for (_, a), (_, b) in zip(own[::2], own[1::2], strict=True)]
        units.append((code, [*(place for place, _ in own), *(word for pair in pairs for word in pair)]))
    return units + [("last4", [place, *_packed(w[:2], w[2:])]) for place, w in last]


def _words(taps: list[tuple[int, Ints]], none: Ints) -> tuple[list[tuple[int, Ints]], list[tuple[int, Ints, Ints]]]:
    """Of two channels: taps that are left, and words of two neighbouring ones; an odd one goes with one of weight 0."""
    words, left, known = [], [], {place for place, _ in taps}
    while taps:
        (place, w), taps = taps[0], taps[1:]
        if taps and taps[0][0] == place + 2:
            words.append((place, w, taps[0][1]))
            taps = taps[1:]
        else:
            left.append((place, w))
    if len(left) % 2 == 1 and left[-1][0] - 2 in known:
        place, w = left.pop()
        words.append((place - 2, none, w))
    return left, words


def neighbours(stream: Stream, layer: Layer, call: Call, folded: Folded, taps: Sequence[Tap], reach: tuple[int, int],
                windows: int) -> bool:  # fmt: skip
    """The words of neighbouring windows of one channel, four columns at a time; False where there are not so many."""
    width, units, starts = layer.input(1).shape[2], [], []
    for n in range(windows):
        starts += _sums(layer, folded, [tap for tap in taps if tap.window == n]).tolist()
    for line in range(layer.input(1).shape[1]):
        own = [tap for tap in taps if tap.weight // width == line]
        words = [list(_columns([tap for tap in own if tap.window == n], folded, reach)) for n in range(NEIGHBOURS)]
        if any(None in some for some in words):
            return False
        for first, second in zip_longest(*words):
            pair = [word or (known[0], [0, 0]) for word in (first, second) for known in [first or second] if known]
            units.append(("words1", [*(place for place, _ in pair), *(n for _, two in pair for n in two)]))
    stream.window()
    stream.group(starts, units, FINISH[windows], _constants(folded, [0] * windows, field(call, "out_zero")))
    stream.end()
    return True


def _columns(taps: Sequence[Tap], folded: Folded, reach: tuple[int, int]) -> Iterator[tuple[int, list[int]] | None]:
    """Of a row of taps every four columns' place and words of weights; None where four columns are not inside."""
    for first in range(0, len(taps), 4):
        own = taps[first : first + 4]
        shifts = [s for s in range(5 - len(own)) if reach[0] <= own[0].place - s <= reach[1] - 4]
        if not shifts:
            yield None
            continue
        weights = np.zeros(4, np.int64)
        weights[shifts[0] : shifts[0] + len(own)] = folded.halves[0, [tap.weight for tap in own]]
        yield own[0].place - shifts[0], _packed(weights[:2], weights[2:])


def _packed(low: Ints, high: Ints) -> list[int]:
    """Words of two halfwords each."""
    words = np.stack([low, high], axis=-1).astype(np.int16).reshape(-1)
    return [int(word) for word in np.ascontiguousarray(words).view(np.int32)]
