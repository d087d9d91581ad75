"""Convolution of 3x3 taps with stride 1 by Winograd's F(2x2, 3x3): `firmware/src/conv_2d_winograd_dsp.c`.

The weights take 16 halfwords for nine bytes: it trades flash for time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._pack import ORDER
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
TAPS = 3
BLOCK, PART = 4, 16  # channels; blocks that the unrolled loop has
KEPT = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "out_c", "pad_top", "pad_left", "in_zero", "out_zero",
    "low", "high",
)  # fmt: skip
TRANSFORM = np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]])  # twice the G of F(2, 3)


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    fields = call.fields
    window = [fields[f"{name}_{side}"] for name in ("kernel", "stride", "dilation") for side in "hw"]
    x, w = layer.input(0), layer.input(1)
    weights = layer.data(1)
    out_c, _, _, in_c = weights.shape
    if window != [TAPS, TAPS, 1, 1, 1, 1] or in_c != x.shape[3] or out_c % 2:
        return None
    real = effective_scale(x, w, layer.outputs[0])
    folded = fold(weights.reshape(out_c, -1), bias_of(layer, out_c), x.zero_point, real, clamp_of(call))
    if folded is None:
        return None
    blocks = -(-in_c // BLOCK)
    constants = np.stack([2 * folded.bias, folded.multiplier, folded.divider], axis=1).astype(np.int32)
    return Call(
        "conv_2d_winograd_dsp",
        {
            **{name: fields[name] for name in KEPT},
            "blocks": blocks,
            "weights": transformed(folded.weights.reshape(weights.shape)),
            "constants": constants,
        },
        scratch=(256 + 96) * blocks + 208 * -(-blocks // PART) + out_c,
    )


def transformed(weights: NDArray[Any]) -> NDArray[np.int16]:
    """(out, 3, 3, in) to (out / 2, 4 * 4 * 2 * in): four times G w G', as the kernel reads it.

    At most 9 * 128, so halfwords. Columns are 1, 2, 0, -3; the channels of a block as SXTB16 gives them.
    """
    out, _, _, channels = weights.shape
    wide = np.pad(weights.astype(np.int64), ((0, 0), (0, 0), (0, 0), (0, -channels % BLOCK)))
    made = np.einsum("ia,jb,oabc->oijc", TRANSFORM, TRANSFORM, wide)
    made = made[:, :, (1, 2, 0, 3)] * np.array([1, 1, 1, -1])[:, None]
    blocks = made.reshape(out // 2, 2, 4, 4, -1, BLOCK)[..., ORDER].transpose(0, 2, 3, 4, 1, 5)
    parts = [blocks[:, :, :, i : i + PART].reshape(out // 2, -1) for i in range(0, blocks.shape[3], PART)]
    return np.concatenate(parts, axis=1).astype(np.int16)
