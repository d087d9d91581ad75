"""Layers of few outputs with the DSP instructions: pairs of channels, four inputs at a time; an odd one alone."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def features(fields: Fields) -> dict[str, float]:
    in_c, out_c, lines = fields["in_c"], fields["out_c"], fields["lines"]
    samples = lines * fields["samples"]
    pairs, single, fours, eights = samples * (out_c // 2), samples * (out_c % 2), (in_c - 1) // 4, (in_c - 1) // 8
    return {
        "call": 1, "lines": lines, "whole": lines * (out_c > 1), "tail": lines * (out_c % 2),
        "samples": samples * (out_c > 1), "pairs": pairs, "fours": pairs * fours, "turns": pairs * ceil_div(fours, 8),
        "singles": single, "eights": single * eights, "single_turns": single * ceil_div(eights, 4),
        **clamped(fields, samples * out_c),
    }  # fmt: skip
