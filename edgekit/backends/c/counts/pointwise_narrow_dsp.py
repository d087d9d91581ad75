"""Layers of few inputs with the DSP instructions: pixel by pixel, whose taps stay in registers."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped, pixels


def features(fields: Fields) -> dict[str, float]:
    count, words = pixels(fields), ceil_div(fields["in_c"], 4)
    outputs = count * fields["out_c"]
    return {
        "call": 1, "images": fields["batches"], "rows": fields["batches"] * fields["out_h"], "pixels": count,
        "expanded": count * words, "turns": count * ceil_div(fields["out_c"], 4), "outputs": outputs,
        **{f"outputs_{4 * n}": outputs * (n == words) for n in (1, 2, 3, 4)}, **clamped(fields, outputs),
    }  # fmt: skip
