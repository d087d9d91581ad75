"""3x3 convolution of stride 1 by Winograd's algorithm, `firmware/src/conv_2d_winograd_dsp.c`: 3.6 times the weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._pack import ORDER
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
KEPT = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "out_c", "pad_top", "pad_left", "in_zero", "out_zero", "low",
    "high",
)  # fmt: skip
ONES = ("stride_h", "stride_w", "dilation_h", "dilation_w")
INPUTS, POSITIONS = 16, 16  # inputs of a turn of the inner loop; 4 x 4 products of a tile
TWICE_G = np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]], np.int64)


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, w = layer.input(0), layer.input(1)
    fields = call.fields
    shaped = w.shape[1:3] == (3, 3) and all(fields[name] == 1 for name in ONES)
    if not shaped or w.shape[3] % INPUTS or w.shape[0] % 2:
        return None
    weights: NDArray[np.int8] = layer.data(1)
    real = effective_scale(x, w, layer.outputs[0])
    folded = fold(weights.reshape(w.shape[0], -1), bias_of(layer, w.shape[0]), x.zero_point, real, clamp_of(call))
    if folded is None or np.any(128 * np.abs(folded.weights.astype(np.int64)).sum(axis=1) >= 1 << 29):
        return None  # four times a sum must fit a word
    b, m, d = 2 * folded.bias.reshape(-1, 2), folded.multiplier.reshape(-1, 2), folded.divider.reshape(-1, 2)
    constants = np.stack([b[:, 0], b[:, 1], m[:, 0], d[:, 0], m[:, 1], d[:, 1]], axis=1).astype(np.int32)
    stream = np.concatenate([_transformed(folded.weights.reshape(w.shape)), constants], axis=1)
    kept: dict[str, Value] = {name: fields[name] for name in KEPT}
    scratch = (4 * POSITIONS + 1) * w.shape[3] + w.shape[0]
    return Call("conv_2d_winograd_dsp", {**kept, "stream": stream}, scratch=scratch)


def _transformed(weights: NDArray[np.int8]) -> NDArray[np.int32]:
    """(channels, 3, 3, inputs) to (channels / 2, 16 * inputs) words of halfwords, as the kernel's header says."""
    u = np.einsum("ia,oabc,jb->oijc", TWICE_G, weights.astype(np.int64), TWICE_G)
    channels, inputs = weights.shape[0], weights.shape[3]
    fours = u.reshape(channels // 2, 2, POSITIONS, inputs // 4, 4)[..., ORDER].transpose(0, 2, 3, 1, 4)
    words: NDArray[np.int32] = np.ascontiguousarray(fours.astype(np.int16)).view(np.int32)
    return words.reshape(channels // 2, -1)
