"""Convolution of one input channel and 3x3 taps: `firmware/src/conv_2d_plane_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._bands import bands
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
FEW = 4096  # weights of a layer that may take twice their bytes
MORE = 1  # byte that is read behind a line's last window


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, weights = call.fields, layer.data(1)
    dilated = f["dilation_h"] != 1 or f["dilation_w"] != 1
    if weights.shape[1:] != (3, 3, 1) or dilated or weights.size > FEW:
        return None
    found, x = bands(layer, call, MORE), layer.input(0)
    real = effective_scale(x, layer.input(1), layer.outputs[0])
    flat = weights.reshape(weights.shape[0], -1)
    folded = fold(flat, bias_of(layer, flat.shape[0]), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None or found is None:
        return None
    fields, band = found
    fields |= {"groups": 0, "stream": _stream(folded, int(f["out_zero"]))}  # type: ignore[arg-type]
    return Call("conv_2d_plane_dsp", fields, scratch=band)


def _stream(folded: Folded, zero: int) -> NDArray[np.int32]:
    """Of each channel its bias, weights and constants."""
    w = folded.halves.reshape(-1, 3, 3)
    outer = w[:, :, ::2].reshape(-1, 6)
    words = np.concatenate([outer, w[:, :2, 1], w[:, 1:, 1]], axis=1)
    packed = np.ascontiguousarray(words).view(np.int32)
    constants = [values[:, None] for values in (folded.multiplier, folded.divider)]
    last = np.full((len(w), 1), zero)
    return np.concatenate([folded.start[:, None], packed, *constants, last], axis=1).astype(np.int32).reshape(-1)
