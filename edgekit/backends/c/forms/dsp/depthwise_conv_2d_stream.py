"""Depthwise convolution whose windows have a stream for each kind: `firmware/src/depthwise_conv_2d_stream_dsp.c`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, product

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.backends.c.forms.dsp._stream_code import END, Stream
from edgekit.backends.c.forms.dsp._streams import NEIGHBOURS, Tap, field, groups, neighbours
from edgekit.reference.requantize import effective_scale

OPERATOR = "depthwise_conv_2d"
FILE = "depthwise_conv_2d_stream_dsp"
MOST = 2048  # words of streams and runs


@dataclass(frozen=True)
class _Kind:
    """Along one side, windows with the same taps inside: `windows` neighbours together, of each tap its place in bytes,
    which of the kernel it is, and whose."""

    windows: int
    taps: tuple[tuple[int, int, int], ...]


def form(layer: Layer, call: Call) -> list[Call]:
    """Nothing where the kernel's conditions do not hold; two windows of one channel together, and one by one."""
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    outputs = y.shape[3]
    weights = layer.data(1).reshape(-1, outputs).T
    folded = fold(weights, bias_of(layer, outputs), x.zero_point, effective_scale(x, w, y), clamp_of(call), wide=True)
    if folded is None:
        return []
    alone = outputs == 1 and (call.fields["dilation_w"] == 1 or w.shape[2] == 1)
    ways = [NEIGHBOURS, 1] if alone else [1]
    return [made for together in ways if (made := _form(layer, call, folded, together)) is not None]


def _form(layer: Layer, call: Call, folded: Folded, together: int) -> Call | None:
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    (batches, _, width, channels), outputs, size = x.shape, y.shape[3], x.elements // x.shape[0]
    down, across = _windows(call, "h", width * channels, 1), _windows(call, "w", channels, together)
    kinds = list(product(dict.fromkeys(k for k, _ in down), dict.fromkeys(k for k, _ in across)))
    if sum(len(a.taps) * len(b.taps) for a, b in kinds) * outputs // 2 > MOST:
        return None
    stream, starts = Stream(), {}
    for a, b in kinds:
        starts[a, b] = stream.bytes
        places = [p + q for (k, p), (m, q) in product(down, across) if (k, m) == (a, b)]
        taps = [Tap(r + c, ky * w.shape[2] + kx, n) for (r, ky, _), (c, kx, n) in product(a.taps, b.taps)]
        reach = -min(places), size - max(places)  # places that are inside, whichever window it is
        if not (neighbours if together > 1 else groups)(stream, layer, call, folded, taps, reach, b.windows):
            return None
    runs, at, step = [], 0, together * field(call, "stride_w") * channels
    for down_kind, row in down:
        for across_kind, run in groupby(across, lambda window: window[0]):
            places = [place for _, place in run]
            bytes_ = len(places) * across_kind.windows * outputs
            runs.append((starts[down_kind, across_kind], row + places[0] - at, bytes_))
            at = row + places[0] + len(places) * step
    runs.append((stream.bytes, 0, 0))
    stream.window()
    stream.end(END)
    if len(stream.words) + 3 * len(runs) > MOST:
        return None
    low, high = field(call, "low"), field(call, "high")
    fields: dict[str, Value] = {"step": step, "runs": np.array(runs, np.int32)}
    fields |= {"streams": np.array(stream.words, np.int32), "batches": batches, "in_size": size}
    fields |= {"out_size": y.elements // batches, "low": low, "high": high}
    plain = batches == 1 and (low, high) == (-128, 127)
    return Call("depthwise_conv_2d_stream_plain_dsp" if plain else FILE, fields, source=FILE)


def _windows(call: Call, side: str, step: int, together: int) -> list[tuple[_Kind, int]]:
    """Along one side the kind of `together` windows each, and where they begin, in bytes."""
    names = [f"{name}_{side}" for name in ("in", "out", "kernel", "stride", "dilation")]
    size, out, kernel, stride, dilation = (field(call, name) for name in names)
    pad, found = field(call, "pad_top" if side == "h" else "pad_left"), []
    for first in range(0, out, together):
        start, windows = first * stride - pad, min(together, out - first)
        inside = [(n * stride + k * dilation, k, n) for n in range(windows) for k in range(kernel)]
        taps = tuple((at * step, k, n) for at, k, n in inside if 0 <= start + at < size)
        found.append((_Kind(windows, taps), start * step))
    return found
