"""Fully connected layer of few outputs with the DSP instructions: pairs of channels, four inputs at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def features(fields: Fields) -> dict[str, float]:
    batches, in_c, out_c = (fields[name] for name in ("batches", "in_c", "out_c"))
    pairs = batches * ceil_div(out_c, 2)
    return {
        "call": 1, "batches": batches, "whole": batches * (out_c > 1), "tail": batches * (out_c % 2), "pairs": pairs,
        "fours": pairs * (in_c // 4), "turns": pairs * ceil_div(in_c, 32), **clamped(fields, batches * out_c),
    }  # fmt: skip
