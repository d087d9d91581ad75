"""Convolutions whose input is expanded line by line: `firmware/src/conv_2d_stripe_dsp.c`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._pack import ORDER
from edgekit.backends.c.forms.dsp._requantize import Folded

FEW = (2, 3, 4, 5, 6, 8)  # words of taps that stay in registers
FOUR = 4
SCRATCH = 4096  # bytes that a stripe may take, if two outputs do not need more
SIDES = (("line", "h"), ("column", "w"))
KEPT = ("batches", "in_zero", "out_zero", "low", "high")


@dataclass(frozen=True)
class _Axis:
    """One side of the layer."""

    size: int
    out: int
    kernel: int
    stride: int
    dilation: int
    pad: int
    step: int  # bytes to the next input; out_step: to the next output
    out_step: int


def stripe_calls(layer: Layer, call: Call, shape: tuple[int, ...], folded: Folded, halves: bool) -> list[Call]:
    """The kernel's calls, the best first; none where columns are dilated.

    Args:
        shape: (parts, out_c, kernel_h, kernel_w, in_c) of the weights. halves: whether two bytes for a weight are
            worth it, where not all taps stay in registers.
    """
    x, y = layer.input(0), layer.outputs[0]
    parts, out_c, _, _, in_c = shape
    weights = folded.halves.reshape(shape)
    height, width = (_axis(call, side, x.shape, y.shape) for side in "hw")
    ways = [(line, column, turned) for line, column, turned in ((height, width, False), (width, height, True))
            if column.dilation == 1 or column.kernel == 1]  # fmt: skip
    if not ways:
        return []
    line, column, turned = min(ways, key=lambda way: _effort(way[0], way[1], in_c))
    taps = _in_order(weights.transpose(0, 1, 3, 2, 4) if turned else weights)
    fields: dict[str, Value] = {name: call.fields[name] for name in KEPT}
    for axis, name in ((line, "line"), (column, "column")):
        fields |= {f"{name}s": axis.size, f"out_{name}s": axis.out, f"kernel_{name}s": axis.kernel}
        fields |= {f"stride_{name}": axis.stride, f"pad_{name}": axis.pad}
        fields |= {f"{name}_step": axis.step, f"out_{name}_step": axis.out_step}
    fields |= {"dilation_line": line.dilation, "parts": parts, "in_c": in_c, "out_c": out_c}
    fields |= {"in_size": x.elements // x.shape[0], "out_size": y.elements // y.shape[0]}
    segment = _segment(line, column, in_c)
    fields["segment"] = segment
    scratch, needed, found = _scratch(line, column, in_c, segment), -(-taps.shape[-1] // 2), []
    words = next((n for n in FEW if n >= needed), 0)
    if words:
        stream = _stream(taps, folded, words, 0)
        found.append(Call("conv_2d_stripe_few_dsp", {**fields, "words": words, "stream": stream},
                          scratch=scratch, source="conv_2d_stripe_dsp"))  # fmt: skip
    if halves:
        words = needed + needed % 2
        stream = _stream(taps, folded, words, 2 if words % FOUR else FOUR)
        found.append(Call("conv_2d_stripe_dsp", {**fields, "words": words, "stream": stream}, scratch=scratch))
    return found


def _axis(call: Call, side: str, x: tuple[int, ...], y: tuple[int, ...]) -> _Axis:
    fields, pad = call.fields, {"h": "pad_top", "w": "pad_left"}[side]
    names = [f"in_{side}", f"out_{side}", f"kernel_{side}", f"stride_{side}", f"dilation_{side}", pad]
    steps = [shape[3] * (shape[2] if side == "h" else 1) for shape in (x, y)]
    return _Axis(*(int(fields[name]) for name in names), *steps)  # type: ignore[arg-type]


def _columns(column: _Axis, outputs: int) -> int:
    return (outputs - 1) * column.stride + column.kernel


def _effort(line: _Axis, column: _Axis, in_c: int) -> int:
    """Instructions to expand the input, roughly."""
    values = _columns(column, column.out) * line.kernel * in_c
    return line.out * (100 + 25 * line.kernel + 2 * values + values * (line.kernel * in_c * column.stride % 2))


def _segment(line: _Axis, column: _Axis, in_c: int) -> int:
    segment = column.out + column.out % 2
    while segment > 2 and _scratch(line, column, in_c, segment) > SCRATCH:
        segment = (segment // 2 + 1) // 2 * 2
    return segment


def _scratch(line: _Axis, column: _Axis, in_c: int, segment: int) -> int:
    columns, record = _columns(column, segment), line.kernel * in_c
    words = (-(-columns * record // 2) + 4) * (1 + record * column.stride % 2)
    return 4 * words + -(-max(columns, in_c) // 4) * 4


def _in_order(weights: NDArray[np.int16]) -> NDArray[np.int16]:
    """(parts, out_c, taps): by kernel column, kernel line, input."""
    taps = weights.transpose(0, 1, 3, 2, 4)
    if taps.shape[4] % FOUR == 0:
        taps = taps.reshape(*taps.shape[:4], -1, FOUR)[..., ORDER]
    return taps.reshape(*weights.shape[:2], -1)


def _stream(taps: NDArray[np.int16], folded: Folded, words: int, before: int) -> NDArray[np.int32]:
    """(parts, out_c, words + 3): the bias after `before` words of weights; multiplier and divider."""
    shape = (*taps.shape[:2], 1)
    wide = np.zeros((*taps.shape[:2], 2 * words), np.int16)
    wide[..., : taps.shape[2]] = taps
    packed = wide.view(np.int32)
    constants = [(n.reshape(shape)).astype(np.int32) for n in (folded.start, folded.multiplier, folded.divider)]
    return np.concatenate([packed[..., :before], constants[0], packed[..., before:], *constants[1:]], axis=2)
