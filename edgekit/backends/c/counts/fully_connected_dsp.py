"""Fully connected layer with the DSP instructions: the sample is expanded, then four channels at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def features(fields: Fields) -> dict[str, float]:
    batches, in_c, out_c, blocks = (fields[name] for name in ("batches", "in_c", "out_c", "blocks"))
    groups = batches * ceil_div(out_c, 4)
    whole = in_c & ~3
    return {
        "call": 1, "batches": batches, "groups": groups, "blocks": groups * blocks,
        "turns": groups * ceil_div(blocks, 4), "sixteens": batches * (whole // 16),
        "fours": batches * (whole % 16 // 4), "left": batches * (in_c > whole), "left_bytes": batches * (in_c - whole),
        "cleared": batches * (4 * blocks - 2 * ceil_div(in_c, 4)), "tail": batches * (out_c % 4 > 0),
        "tail_bytes": batches * (out_c % 4), **clamped(fields, batches * out_c),
    }  # fmt: skip
