"""1x1 convolutions of so few weights that they may take two bytes each: `firmware/src/pointwise_halves_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp.conv_2d_halves import FEW, WORD, folds, stream

OPERATOR, FILE = "conv_2d", "pointwise_halves_dsp"
KEPT = ("out_c", "out_zero", "low", "high")


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    lines, inputs = of_pixels(layer, call), layer.input(0).shape[3]
    if lines is None or lines.images > 1 or inputs % WORD or layer.input(1).elements > FEW:
        return None
    fields: dict[str, Value] = {name: call.fields[name] for name in KEPT}
    fields |= {"lines": lines.lines, "width": lines.samples, "stride": lines.step, "down": lines.line_step}
    return [
        Call(
            f"pointwise_halves{by}_dsp",
            {**fields, "words": inputs // WORD, "stream": stream(of.halves.reshape(-1, inputs), of)},
            scratch=4 * inputs,
            source=FILE,
        )
        for by, of in folds(layer, call).items()
    ]
