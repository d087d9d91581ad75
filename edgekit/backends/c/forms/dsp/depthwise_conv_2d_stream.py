"""Depthwise convolution whose windows have a stream for each kind: `firmware/src/depthwise_conv_2d_stream_dsp.c`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.backends.c.forms.dsp._stream_code import END, GROUP, PIECES, PIXEL, end_of, start_of
from edgekit.reference.requantize import effective_scale

OPERATOR = "depthwise_conv_2d"
MOST = 4096  # words of streams and runs
OUTPUTS = 4  # of a group
FINISH = {1: "finish1", 2: "finish2", 4: "finish4"}
ONE = {1: "four1", 2: "pair1x2", 4: "pair1x4"}  # for the outputs of a channel
GO = {"pair4": "go4", "pair2": "go2", "word2": "go_word", "four1": "go1", "pair2x2": "go2x2", "pair1x4": "go1x4",
      "pair1x2": "go1x2"}  # fmt: skip
Tap = tuple[int, int]  # bytes from the window's first tap; which of the weights


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    outputs, size = y.shape[3], x.elements // x.shape[0]
    weights = layer.data(1).reshape(-1, outputs).T
    real = effective_scale(x, w, y)
    folded = fold(weights, bias_of(layer, outputs), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    row = x.shape[2] * x.shape[3]
    down, across = (_kinds(call, side, step) for side, step in (("h", row), ("w", x.shape[3])))
    if (len(down.taps) * len(across.taps)) * outputs * (weights.shape[1] // 2) > 2 * MOST:
        return None
    streams, starts = _Streams(layer, call, folded), {}
    for a, b in product(range(len(down.taps)), range(len(across.taps))):
        windows = [p + q for p, q in product(down.places[a], across.places[b])]
        taps = [(r * row + c * x.shape[3], ky * w.shape[2] + kx)
                for (ky, r), (kx, c) in product(down.taps[a], across.taps[b])]  # fmt: skip
        starts[a, b] = 4 * len(streams.words)
        streams.window(taps, (min(windows), max(windows)), size)
    runs, at, step = [], 0, int(call.fields["stride_w"]) * x.shape[3]  # type: ignore[call-overload]
    for (a, first_row), (b, first, count) in product(down.lines(), across.runs()):
        place = first_row + first
        runs.append((starts[a, b], place - at, count * outputs))
        at = place + count * step
    runs.append((4 * len(streams.words), 0, 0))
    streams.words += [END, *[0] * (GROUP - 1)]
    if len(streams.words) + 3 * len(runs) > MOST:
        return None
    return Call(
        "depthwise_conv_2d_stream_dsp",
        {
            "step": step, "runs": np.array(runs, np.int32), "streams": np.array(streams.words, np.int32),
            "batches": x.shape[0], "in_size": size, "out_size": y.elements // y.shape[0],
            "low": call.fields["low"], "high": call.fields["high"],
        },
    )  # fmt: skip


@dataclass
class _Kinds:
    """The windows along one side.

    Attributes:
        taps: of every kind those inside: of the kernel, and from the window's first tap on in inputs along this side.
        places: of every kind where its windows begin, in bytes. each: kind of each window.
    """

    taps: list[list[tuple[int, int]]]
    places: list[list[int]]
    each: list[int]

    def lines(self) -> Iterator[tuple[int, int]]:
        """Kind and place of each window."""
        left = [iter(places) for places in self.places]
        for kind in self.each:
            yield kind, next(left[kind])

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Kind, place and number of neighbours of one kind."""
        found: list[tuple[int, int, int]] = []
        for kind, place in self.lines():
            if found and found[-1][0] == kind:
                found[-1] = (kind, found[-1][1], found[-1][2] + 1)
            else:
                found.append((kind, place, 1))
        return iter(found)


def _kinds(call: Call, side: str, step: int) -> _Kinds:
    names = [f"{name}_{side}" for name in ("in", "out", "kernel", "stride", "dilation")]
    size, out, kernel, stride, dilation = (int(call.fields[name]) for name in names)  # type: ignore[call-overload]
    pad = int(call.fields["pad_top" if side == "h" else "pad_left"])  # type: ignore[call-overload]
    found = _Kinds([], [], [])
    for i in range(out):
        start = i * stride - pad
        taps = [(k, k * dilation) for k in range(kernel) if 0 <= start + k * dilation < size]
        if taps not in found.taps:
            found.taps.append(taps)
            found.places.append([])
        kind = found.taps.index(taps)
        found.places[kind].append(start * step)
        found.each.append(kind)
    return found


@dataclass
class _Streams:
    """The words of all kinds of windows, one after the other."""

    layer: Layer
    call: Call
    folded: Folded
    words: list[int] = field(default_factory=list)
    place: int = 0  # of the code that the last jump begins at

    @property
    def channels(self) -> int:
        return self.layer.input(0).shape[3]

    def window(self, taps: Sequence[Tap], reach: tuple[int, int], size: int) -> None:
        """A kind of window whose first taps are in `reach`; `size`: bytes of an image."""
        self.place = 0
        zero, weights = self.layer.input(0).zero_point, self.folded.halves.astype(np.int64)
        inside = [tap for _, tap in taps]
        outside = [tap for tap in range(weights.shape[1]) if tap not in inside]
        sums = self.folded.start + zero * weights[:, outside].sum(axis=1)
        for piece, finish, channel, outputs in self._groups(taps, reach, size):
            self._group(piece, finish, channel, outputs, taps, sums)
        self._jump(PIXEL)
        self.words += [0] * (GROUP - 1)

    def _groups(
        self, taps: Sequence[Tap], reach: tuple[int, int], size: int
    ) -> Iterator[tuple[str, str, int, list[int]]]:
        """Code of the taps, code of the outputs, the first channel that is read, outputs, -1 for one that is not."""
        channels, many = self.channels, self.folded.bias.size // self.channels
        each = [list(range(c * many, (c + 1) * many)) for c in range(channels)]
        c = 0
        while many == 1 and channels - c >= OUTPUTS:
            yield "pair4", "finish4", c, list(range(c, c + OUTPUTS))
            c += OUTPUTS
        if many == 1 and channels - c == 3:
            places = [place for place, _ in taps]
            before = not taps or reach[0] + min(places) + c > 0
            if before:
                yield "pair4", "last3", c - 1, [-1, c, c + 1, c + 2]
                return
            if reach[1] + max(places) + OUTPUTS <= size:
                yield "pair4", "first3", c, [c, c + 1, c + 2, -1]
                return
        while many <= 2 and channels - c >= 2:
            piece = "pair2x2" if many == 2 else "word2" if channels == 2 else "pair2"
            yield piece, FINISH[2 * many], c, each[c] + each[c + 1]
            c += 2
        for own in range(c, channels):
            outputs = each[own]
            while outputs:
                count = max(n for n in ONE if n <= len(outputs))
                yield ONE[count], FINISH[count], own, outputs[:count]
                outputs = outputs[count:]

    def _group(
        self, piece: str, finish: str, channel: int, outputs: list[int], taps: Sequence[Tap], sums: NDArray[np.int64]
    ) -> None:
        """Of one group all words; its begin is what the code before it has loaded."""
        folded, read = self.folded, [own for own in outputs if own >= 0]
        weights = np.zeros((len(outputs), folded.halves.shape[1]), np.int64)
        starts = np.zeros(OUTPUTS, np.int64)
        for lane, own in enumerate(outputs):
            if own >= 0:
                weights[lane], starts[lane] = folded.halves[own], sums[own]
        begin = len(self.words)
        self.words += [0, *starts.tolist()]
        for code, several in _units(piece, [(place + channel, weights[:, tap]) for place, tap in taps]):
            self.words[begin] = end_of(code) - len(several) * PIECES[code].bytes - self.place
            self.words += [word for unit in several for word in unit]
            self.place, begin = end_of(GO.get(code, code)), len(self.words)
            self.words.append(0)
        self.words[begin] = start_of(finish) - self.place
        zero = int(self.call.fields["out_zero"])  # type: ignore[call-overload]
        constants = [int(n) for own in read for n in (folded.multiplier[own], folded.divider[own])]
        self.words += [*constants[:6], zero, *constants[6:]]
        self.place = end_of(finish)

    def _jump(self, target: int) -> None:
        self.words.append(target - self.place)


def _units(piece: str, taps: Sequence[tuple[int, NDArray[np.int64]]]) -> Iterator[tuple[str, list[list[int]]]]:
    """The code of taps, of which each has its place and the weights of all outputs, with the words of each time."""
    units: list[tuple[str, list[int]]] = []
    left, none = list(taps), np.zeros_like(taps[0][1]) if taps else np.zeros(0, np.int64)
    if piece == "word2":
        left, words = _words(left, none)
        units += [("word2", [place, *_packed(a, b)]) for place, a, b in words]
        piece = "pair2"
    single = piece == "pair4" and len(left) % 2 == 1
    last = [left.pop()] if single else []
    width = 4 if piece == "four1" else 2
    while left:
        own, left = left[:width], left[width:]
        own += [(own[0][0], none)] * (width - len(own))
        pairs = [_packed(a, b) for (_, a), (_, b) in zip(own[::2], own[1::2], strict=True)]
        units.append((piece, [*(place for place, _ in own), *(word for pair in pairs for word in pair)]))
    for place, w in last:
        units.append(("last4", [place, *_packed(w[:2], w[2:])]))
    while units:
        code, several = units[0][0], 0
        while several < min(len(units), PIECES[code].count) and units[several][0] == code:
            several += 1
        yield code, [words for _, words in units[:several]]
        units = units[several:]


def _words(
    taps: list[tuple[int, NDArray[np.int64]]], none: NDArray[np.int64]
) -> tuple[list[tuple[int, NDArray[np.int64]]], list[tuple[int, NDArray[np.int64], NDArray[np.int64]]]]:
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


def _packed(low: NDArray[np.int64], high: NDArray[np.int64]) -> list[int]:
    """Words of two halfwords each."""
    words = np.stack([low, high], axis=-1).astype(np.int16).reshape(-1)
    return [int(word) for word in np.ascontiguousarray(words).view(np.int32)]
