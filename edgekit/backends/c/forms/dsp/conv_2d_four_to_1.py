"""Convolution of four channels into one, stride 2, without padding: `firmware/src/conv_2d_four_to_1_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._threaded import OUTSIDE, Lines, Windows, pair, windows, words_of

OPERATOR = "conv_2d"
CHANNELS, STRIDE = 4, 2
LEAST = 3  # columns
STREAM = 27  # words of a section
COLUMNS = (1, 2, 0)  # of the kernel, as they are read


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    found = windows(layer, call, inputs=CHANNELS)
    if found is None or found.f["out_c"] != 1 or found.f["stride_w"] != STRIDE:
        return None
    f = found.f
    if found.padded != (1, 1) or f["in_w"] < LEAST or any(lines.taps.count(OUTSIDE) > 1 for lines in found.lines):
        return None
    return Call("conv_2d_four_to_1_dsp", {
        "batches": f["batches"], "in_size": f["in_h"] * f["in_w"] * CHANNELS, "count": len(found.lines),
        "sections": words_of([_section(found, lines) for lines in found.lines]),
    })  # fmt: skip


def _section(found: Windows, lines: Lines) -> list[int]:
    f, rows = found.f, 3 if lines.whole else 2
    row, two = f["in_w"] * CHANNELS, STRIDE * CHANNELS
    biases = {side: int(found.table(lines, side)[0][0]) for side in ("left", "main", "right")}
    weights = found.table(lines, "main")[1]
    stream = [biases["main"]]
    for i in range(rows):
        for column in COLUMNS:
            stream += [int(pair(weights[:, i, column, a], weights[:, i, column, a + 2])[0]) for a in range(2)]
        stream.append(lines.pitch if i + 1 < rows else two - (rows - 1) * lines.pitch)
    constants = [int(found.folded.multiplier[0]), int(found.folded.divider[0]), f["out_zero"]]
    stream += [*constants, biases["right"] - biases["main"], biases["left"]]
    stream += [0] * (STREAM - len(stream))
    return [lines.count, lines.first * row, STRIDE * row - f["out_w"] * two, f["out_w"] - 1, rows, *stream]
