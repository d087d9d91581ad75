"""1x1 convolutions of up to 8 channels, 16 or 32 into a multiple of 8: `firmware/src/pointwise_groups_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._groups import HIGH, PAIRS, bias_weights
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "conv_2d", "pointwise_groups_mve"
LARGEST_C = 80  # four pixels' outputs lie within 256 bytes
GROUPS = (16, 8)  # pixels
SPREAD_BY_WORDS = (4, 16)  # channels and pixels of a group that have a function for themselves
WHOLE = (16, 32)  # input channels of one and two vectors
ONES = ("kernel_h", "kernel_w")
STRIDE = 2  # of pixels that are brought together first


def form(layer: Layer, call: Call) -> list[Call] | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    in_c, out_c, pixels = of("in_c"), of("out_c"), of("batches") * of("out_h") * of("out_w")
    apart = pixels_apart(call)
    if (
        apart is None or (in_c not in WHOLE and (in_c > BLOCK or apart)) or out_c % BLOCK or out_c > LARGEST_C
        or pixels < min(GROUPS) or any(of(name) != 1 for name in ONES) or (of("low"), of("high")) != (-HIGH, HIGH - 1)
    ):  # fmt: skip
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(out_c, in_c))
    begun = None if found is None else bias_weights(found.bias)
    if found is None or (begun is None and in_c <= BLOCK):
        return None
    calls = []
    for group in (n for n in GROUPS if n <= pixels):
        kind = "few" if in_c < BLOCK and (in_c, group) != SPREAD_BY_WORDS else str(in_c)
        packed = np.concatenate([*([input_places(in_c)] if kind == "few" else []), *stream(found, begun)])
        calls.append(Call(
            f"{FILE}_{kind}x{group}" + ("_apart" if apart else ""),
            {
                "stream": packed.view(np.int32), "out_zero": fields["out_zero"], "step_y": (group - 1) * out_c,
                "last_x": (pixels - group) * in_c, "pitch": HALF * out_c, "last_y": (pixels - group) * out_c,
                "size": packed.nbytes, "step_x": group * in_c, **apart,
            },
            scratch=group * VECTOR if in_c <= BLOCK else pixels * in_c if apart else 0,
            source=FILE,
        ))  # fmt: skip
    return calls


def pixels_apart(call: Call) -> dict[str, int] | None:
    """How every second pixel of rows is found; nothing where all count, None of other geometries."""
    batches, in_h, in_w, in_c, out_h, out_w, down, right = (
        integer(call.fields, name)
        for name in ("batches", "in_h", "in_w", "in_c", "out_h", "out_w", "stride_h", "stride_w")
    )
    if (in_h, in_w, down, right) == (out_h, out_w, 1, 1):
        return {}
    if right != STRIDE or call.fields["pad_top"] or call.fields["pad_left"]:
        return None
    row = in_w * in_c
    gaps = {"row_gap": down * row - out_w * STRIDE * in_c, "picture_gap": in_h * row - out_h * down * row}
    return {"columns": out_w, "rows": out_h, "pictures": batches, **gaps}


def input_places(in_c: int) -> NDArray[np.int8]:
    """Of the bytes of 8 pixels, 8 of each; beyond its channels the first one, which meets weights of 0."""
    channels = np.arange(BLOCK) % in_c * (np.arange(BLOCK) < in_c)
    return (np.arange(BLOCK)[:, None] * in_c + channels).reshape(-1).astype(np.int8)


def stream(found: Folded, begun: NDArray[np.int8] | None) -> list[NDArray[np.int8]]:
    """Of filters that have a place for the bias, `begun`, or of whole vectors."""
    out_c, in_c = found.weights.shape
    long = in_c > VECTOR
    filters = found.weights
    if in_c <= BLOCK:
        assert begun is not None
        filters = np.zeros((out_c, VECTOR), np.int8)
        filters[:, :in_c], filters[:, BLOCK:] = found.weights, begun
    parts: list[NDArray[np.int8]] = []
    for first in range(0, out_c, BLOCK):
        halves = [slice(at, at + HALF) for at in (first, first + HALF)]
        for channels in halves:
            biases = [np.tile(found.bias[channels], 2).astype(np.int32).view(np.int8)] if in_c > BLOCK else []
            four = filters[channels].reshape(-1)
            parts += [*biases, four] if long else [four, *biases]
        for channels in reversed(halves):
            pixels = sorted(PAIRS) if long and channels.start > first else PAIRS  # which are taken from the last one on
            outputs = [pixel * out_c + c - first for pixel in pixels for c in range(channels.start, channels.stop)]
            words = np.concatenate([places(outputs), found.multiplier[channels], found.second[channels]])
            parts.append(words.astype(np.int32).view(np.int8))
    return parts
