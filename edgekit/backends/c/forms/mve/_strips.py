"""Depthwise convolution by strips: bands, places, weights and constants of `depthwise_conv_2d_strips_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

TAPS, BLOCK, GROUP = 16, 4, 16  # taps of a chunk; channels of a strip, of the strips in scratch
WORD = 4
ROOM = 4096  # bytes of scratch that bands may take, unless one row takes more
LARGEST_OFFSET = (1 << 16) - 1
KEPT = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "depth_multiplier", "kernel_h", "kernel_w", "stride_h",
    "stride_w", "dilation_h", "dilation_w", "pad_top", "pad_left", "in_zero", "out_zero", "low", "high",
)  # fmt: skip


def strips(call: Call) -> Call | None:
    """The form of a portable depthwise `call`; None where offsets do not fit."""
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    kernel, out_w, channels, multiplier = (of("kernel_h"), of("kernel_w")), of("out_w"), of("in_c"), of("depth_multiplier")
    shared = of("dilation_w") == 1 and of("stride_w") < kernel[1]
    step = of("stride_w") if shared else kernel[1]
    runs, columns = (1, (out_w - 1) * step + kernel[1]) if shared else (out_w, kernel[1])
    line = WORD * runs * columns * kernel[0]
    bands = -(-of("out_h") // max(1, ROOM // (GROUP // BLOCK * line)))
    band = -(-of("out_h") // bands)
    places = np.add.outer(np.arange(band) * line, np.arange(out_w) * (WORD * step * kernel[0])).reshape(-1)
    if places.max() > LARGEST_OFFSET or channels * multiplier * 2 > LARGEST_OFFSET:
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(-1, channels * multiplier).T)
    chunks = -(-kernel[0] * kernel[1] // TAPS)
    shifted = not np.all(found.second)
    return Call(
        "depthwise_conv_2d_strips_mve",
        {
            **{name: fields[name] for name in KEPT},
            "shifted": int(shifted), "chunks": chunks, "band": band, "runs": runs, "columns": columns, "step": step,
            "places": (np.repeat(places, 2) if places.size == 1 else places).astype(np.uint16),
            "weights": pack(found.weights.reshape(channels, multiplier, *kernel), chunks),
            "table": constants(found, (channels, multiplier), shifted),
        },
        scratch=GROUP // BLOCK * line * band + WORD * TAPS * chunks,
    )  # fmt: skip


def pack(kernels: NDArray[np.int8], chunks: int) -> NDArray[np.int8]:
    """(channels, multiplier, kernel_h, kernel_w) -> by blocks of 4 channels, by filters: (chunks, 4, 16 taps)."""
    channels, multiplier, height, width = kernels.shape
    wide = np.zeros((-(-channels // BLOCK) * BLOCK, multiplier, chunks * TAPS), np.int8)
    wide[:channels, :, : height * width] = kernels.transpose(0, 1, 3, 2).reshape(channels, multiplier, -1)
    return wide.reshape(-1, BLOCK, multiplier, chunks, TAPS).transpose(0, 2, 3, 1, 4).reshape(-1)


def constants(found: Folded, shape: tuple[int, int], shifted: bool) -> NDArray[np.int32]:
    """As weights: rows of 4 channels."""
    rows = [found.bias, found.multiplier, found.second]
    if shifted:
        rows = [found.bias, np.maximum(found.shift, 0), found.multiplier, np.minimum(found.shift, 0)]
    wide = np.zeros((len(rows), -(-shape[0] // BLOCK) * BLOCK, shape[1]), np.int32)
    wide[:, : shape[0]] = np.stack(rows).reshape(len(rows), *shape)
    return np.ascontiguousarray(wide.reshape(len(rows), -1, BLOCK, shape[1]).transpose(1, 3, 0, 2)).reshape(-1)
