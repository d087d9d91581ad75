"""1x1 convolutions of up to 8 channels, 16 or 32 into a multiple of 8: `firmware/src/pointwise_groups_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms._reach import Ints
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "conv_2d", "pointwise_groups_mve"
LARGEST_C = 80  # four pixels' outputs lie within 256 bytes
GROUPS = (16, 8)  # pixels
SPREAD_BY_WORDS = (4, 16)  # channels and pixels of a group that have a function for themselves
HIGH, LANES = 128, 7  # of the constant lanes: how often -HIGH comes before 1
WHOLE = (16, 32)  # input channels of one and two vectors
PAIRS = (2, 3, 0, 1)  # a group of four pixels as its sums lie on the stack: the second two were stored last
ONES = ("kernel_h", "kernel_w", "stride_h", "stride_w")


def form(layer: Layer, call: Call) -> list[Call] | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    in_c, out_c, pixels = of("in_c"), of("out_c"), of("batches") * of("out_h") * of("out_w")
    same = all(of(f"in_{side}") == of(f"out_{side}") for side in "hw")
    if (
        (in_c > BLOCK and in_c not in WHOLE) or out_c % BLOCK or out_c > LARGEST_C or pixels < min(GROUPS) or not same
        or any(of(name) != 1 for name in ONES) or (of("low"), of("high")) != (-HIGH, HIGH - 1)
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
            f"{FILE}_{kind}x{group}",
            {
                "stream": packed.view(np.int32), "out_zero": fields["out_zero"], "step_y": (group - 1) * out_c,
                "last_x": (pixels - group) * in_c, "pitch": HALF * out_c, "last_y": (pixels - group) * out_c,
                "size": packed.nbytes, "step_x": group * in_c,
            },
            scratch=group * VECTOR if in_c <= BLOCK else 0,
            source=FILE,
        ))  # fmt: skip
    return calls


def bias_weights(bias: Ints, lanes: int = LANES) -> NDArray[np.int8] | None:
    """(channels, lanes + 1): weights whose products with `lanes` times -HIGH and 1 are the biases; None where they do
    not reach."""
    low = (bias + HIGH // 2) % HIGH - HIGH // 2
    left = (low - bias) // HIGH
    weights = []
    for _ in range(lanes):
        weights.append(np.clip(left, -HIGH, HIGH - 1))
        left = left - weights[-1]
    return None if np.any(left) else np.stack([*weights, low], axis=1).astype(np.int8)


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
