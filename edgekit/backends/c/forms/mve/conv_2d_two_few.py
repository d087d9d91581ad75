"""3x3 convolution of 2 channels into few, `firmware/src/conv_2d_two_few_mve.c`: pixels in lanes, channel by channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._bands import bands_of, inside_image, rows_of
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

OPERATOR = "conv_2d"
KERNEL, IN_C, VECTOR, PIXELS = 3, 2, 16, 8
GROUP = 13 * VECTOR  # bytes of 8 windows, of their last taps as words, of where their outputs are
LANES = [0, 4, 1, 5, 2, 6, 3, 7]  # pixels as two narrowings leave them
LARGEST_PITCH, ROOM, LARGEST = 125, 8192, 1 << 16  # a window's taps lie within 256 bytes; bytes of scratch; of outputs


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    out_h, out_w, out_c, stride = of("out_h"), of("out_w"), of("out_c"), of("stride_w")
    columns = (out_w - 1) * stride + KERNEL
    pitch, pixels = columns * IN_C, out_h * out_w
    slots = (out_h - 1) * of("stride_h") + KERNEL
    groups, vectors = -(-pixels // PIXELS), -(-slots * pitch // 4) * 4
    if (
        (of("kernel_h"), of("kernel_w"), of("in_c")) != (KERNEL, KERNEL, IN_C) or not inside_image(call)
        or (of("low"), of("high")) != (-128, 127) or pitch > LARGEST_PITCH or pixels < PIXELS
        or vectors + groups * GROUP > ROOM or pixels * out_c > LARGEST
    ):  # fmt: skip
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if not np.all(found.second):
        return None
    row, inside = pitch * of("stride_h"), min(columns - of("pad_left"), of("in_w")) * IN_C
    window = np.arange(out_h)[:, None] * row + np.arange(out_w) * stride * IN_C
    taps = (np.arange(KERNEL)[:, None] * pitch + np.arange(KERNEL * IN_C)).reshape(-1)
    first = np.minimum(np.arange(groups) * PIXELS, pixels - PIXELS)[:, None]
    places = [window.reshape(-1)[first + np.arange(PIXELS)], (first + LANES) * out_c]
    return Call(
        "conv_2d_two_few_mve",
        {
            "places": np.concatenate(places, axis=1).reshape(-1).astype(np.uint16),
            "taps": taps[:VECTOR].astype(np.uint8), "groups": groups, "vectors": vectors, "last": int(taps[VECTOR]),
            "channels": out_c, "weights": _pack(found), "out_zero": fields["out_zero"], "batches": fields["batches"],
            "in_size": of("in_h") * of("in_w") * IN_C, "out_size": pixels * out_c,
            "rows": rows_of(call, pitch, inside),
            **bands_of(call, pitch, of("pad_left") * IN_C, inside, out_h, row, rows=True),
        },
        scratch=vectors + groups * GROUP,
    )  # fmt: skip


def _pack(found: Folded) -> NDArray[np.int32]:
    """By channels: biases, weights, those of the last two taps, constants."""
    weights = found.weights.reshape(len(found.bias), -1).astype(np.int8)
    parts = [
        np.repeat(found.bias[:, None], PIXELS, axis=1),
        np.ascontiguousarray(weights[:, :VECTOR]).view("<i4"), weights[:, VECTOR:],
        found.multiplier[:, None], found.second[:, None],
    ]  # fmt: skip
    return np.concatenate([part.astype(np.int32) for part in parts], axis=1).reshape(-1)
