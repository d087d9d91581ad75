"""1x1 convolutions of 8 channels into 8 that take every second pixel of rows of eights:
`firmware/src/pointwise_strided_eights_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._groups import HIGH, bias_weights
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided import STRIDE, every_second

OPERATOR, FILE = "conv_2d", "pointwise_strided_eights_mve"
GROUP, RUN = 128, 8  # pixels
CONSTANTS = 2  # bytes of a vector that make the bias
BESIDE = 7  # vectors of places that these go to
SCRATCH = 6144


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    batches, out_h, out_w = (of(name) for name in ("batches", "out_h", "out_w"))
    if not every_second(call) or of("out_c") != BLOCK or out_w % RUN or batches * out_h * out_w % GROUP:
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(BLOCK, BLOCK))
    begun = None if found is None else bias_weights(found.bias, CONSTANTS - 1)
    if found is None or begun is None:
        return None
    return Call(
        FILE,
        {
            "runs": runs(call), "out_zero": fields["out_zero"],
            "size": batches * out_h * out_w * BLOCK, "stream": stream(found, begun),
        },
        scratch=SCRATCH,
    )  # fmt: skip


def runs(call: Call, of: int = RUN) -> NDArray[np.int32]:
    """Bytes from the input to each run of so many outputs."""
    batches, in_h, in_w, out_h, out_w, down = (
        integer(call.fields, name) for name in ("batches", "in_h", "in_w", "out_h", "out_w", "stride_h")
    )
    picture, row, run = np.meshgrid(range(batches), range(out_h), range(out_w // of), indexing="ij")
    first = (picture * in_h + row * down) * in_w + run * of * STRIDE
    return np.asarray(first.reshape(-1) * BLOCK, np.int32)


def stream(found: Folded, begun: NDArray[np.int8]) -> NDArray[np.int32]:
    filters = np.zeros((BLOCK, VECTOR), np.int8)
    filters[:, :BLOCK], filters[:, BLOCK : BLOCK + CONSTANTS] = found.weights, begun
    beside = VECTOR * np.arange(BESIDE * BLOCK, dtype=np.int16) + BLOCK
    parts = [np.tile(np.array([-HIGH, 1], np.int8), BLOCK), beside.view(np.int8), filters.reshape(-1)]
    for first in reversed(range(0, BLOCK, 2)):
        two = [first, first + 1]
        pixels = np.arange(RUN) if first % HALF else np.roll(np.arange(RUN), HALF)  # forth, and by fours back
        outputs = [int(pixel) * BLOCK + c for pixel in pixels for c in two]
        constants = np.concatenate([np.tile(found.multiplier[two], 2), np.tile(found.second[two], 2)])
        at = places(outputs), places([place + RUN * BLOCK for place in outputs])
        parts.append(np.concatenate([at[0], constants.astype(np.int32), at[1]]).view(np.int8))
    return np.concatenate(parts).view(np.int32)
