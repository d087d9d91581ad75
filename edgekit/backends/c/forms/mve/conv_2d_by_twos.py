"""Convolutions two windows times four filters at a time, `firmware/src/conv_2d_by_twos_mve.c`, and by one
multiplication an output, `conv_2d_by_twos_once_mve.c`: 1x1 of 48 channels and more, windows that share columns of
more than 16 bytes."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.mve._once import once
from edgekit.backends.c.forms.mve._pack import HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

OPERATOR, FILE, ONCE = "conv_2d", "conv_2d_by_twos_mve", "conv_2d_by_twos_once_mve"
FRACTION, ADDENDS = 3, range(8)  # bits of the former are in EK_ONCE_3
KEPT = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "out_c", "kernel_h", "kernel_w", "stride_h", "stride_w",
    "dilation_h", "pad_top", "pad_left", "in_zero",
)  # fmt: skip
FEWEST, LOOPED = 2, 3  # vectors of a window, and where there is a loop or no strip
ROUND, CODE = 15, 56  # vectors of a round of the loop, bytes of code of one
PIXELS, STRIPS = {4: "_64", 8: "_128"}, {2: "_32", 3: "_48", 9: "_144"}  # vectors that have functions without a loop
FILTERS = (0, 2, 1, 3)  # channels of a block in the order of their filters
Vector = tuple[int, int]  # filter of a block, vector of it; of the next block from `vectors` on


def form(layer: Layer, call: Call) -> list[Call] | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    shape = [of(name) for name in ("out_c", "kernel_h", "kernel_w", "in_c")]
    vectors = -(-math.prod(shape[1:]) // VECTOR)
    way = _way(fields, vectors)
    if way is None or vectors < FEWEST or shape[0] % HALF or (of("low"), of("high")) != (-128, 127):
        return None
    kernel, down = way
    found = fold(fields, np.asarray(fields["weights"]).reshape(shape[0], -1))
    even = shape[0] % (2 * HALF) == 0 or kernel in (FILE, FILE + "_strips")
    line = once(fields, found, FRACTION, ADDENDS) if even else None
    two = [(found, of("out_zero"), FILE)] if np.all(found.second) else []
    by_columns = found.weights.reshape(shape).transpose(0, 2, 1, 3).reshape(shape[0], -1)
    rounds = max(1, -(-(vectors - LOOPED) // ROUND))
    columns = (of("out_w") - 1) * of("stride_w") + of("kernel_w")
    strip = columns * of("kernel_h") * of("in_c")
    calls = []
    for constants, out_zero, file in [*([(*line, ONCE)] if line else []), *two]:
        stream = pack(constants, by_columns, vectors, file == ONCE)
        calls.append(Call(
            kernel.replace(FILE, file),
            {
                **{name: fields[name] for name in KEPT}, "out_zero": out_zero, "down": int(down), "trips": rounds,
                "skipped": (rounds * ROUND + LOOPED - vectors) * CODE, "size": stream.size, "stream": stream,
            },
            scratch=(1 + down) * strip + VECTOR - 1 if "strips" in kernel else 0,
            source=file,
        ))  # fmt: skip
    return calls


def _way(fields: Mapping[str, Value], vectors: int) -> tuple[str, bool] | None:
    """The function, and whether pairs of windows lie below each other; None where there is none or are no pairs."""

    def of(name: str) -> int:
        return integer(fields, name)

    out_h, out_w, in_c = of("out_h"), of("out_w"), of("in_c")
    ones = all(of(f"{name}_{side}") == 1 for name in ("kernel", "stride") for side in "hw")
    if ones and not (of("pad_top") or of("pad_left")) and in_c % VECTOR == 0:
        inside = out_h == of("in_h") and out_w == of("in_w")
        taken = inside and vectors >= LOOPED and of("batches") * out_h * out_w > 1
        return (FILE + PIXELS.get(vectors, ""), False) if taken else None
    columns = (out_w - 1) * of("stride_w") + of("kernel_w")
    if of("dilation_w") > 1 or of("stride_w") > of("kernel_w") or not 0 <= of("pad_left") < columns:
        return None
    down = -(-out_h // 2) * out_w < out_h * -(-out_w // 2)  # fewer pairs
    if (out_h if down else out_w) < 2:
        return None
    return f"{FILE}_strips{STRIPS.get(vectors, '')}", down


def pack(found: Folded, weights: NDArray[np.int8], vectors: int, once: bool) -> NDArray[np.int8]:
    """Vectors of filters and constants as the kernel loads them; `once` without second multipliers."""
    blocks = len(weights) // HALF
    wide = np.zeros(((blocks + 1) * HALF, vectors * VECTOR), np.int8)  # of the last ones two vectors are loaded
    wide[: len(weights), : weights.shape[1]] = weights
    filters = wide.reshape(blocks + 1, HALF, vectors, VECTOR)
    rows = np.stack([found.bias, found.multiplier, *([] if once else [found.second])]).astype("<i4")
    constants = np.ascontiguousarray(rows.reshape(len(rows), blocks, HALF).transpose(1, 0, 2)).view(np.int8)
    parts = [filters[0, FILTERS[1], 0], filters[0, FILTERS[0], 0]]
    for block in range(blocks):
        bias, multiplier, *second = constants[block - 1]

        def of(*some: Vector, block: int = block) -> list[NDArray[np.int8]]:
            return [filters[block + v // vectors, FILTERS[i], v % vectors] for i, v in some]

        if block:
            parts += [bias, *of((2, 0)), multiplier, *of((3, 0), (0, 1)), *second]
            parts += of((1, 1), (3, 1), (0, 2), (2, 1), (1, 2))
        for v in range(2 if block else 0, vectors):
            parts += of((3, v), (2, v), (1, v + 1), (0, v + 1))
    return np.concatenate([*parts, *constants[-1]])
