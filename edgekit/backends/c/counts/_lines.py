"""`lines_mve.h`: lines of columns in scratch, then blocks of 8 outputs over all their pixels."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def made(fields: Fields) -> dict[str, float]:
    """The lines."""
    batches, out_h, band, samples = (fields[name] for name in ("batches", "out_h", "band", "samples"))
    lines = batches * out_h
    return {
        "call": 1, "outside": fields["zeros"] > 0, "zeros": ceil_div(fields["zeros"], 16),
        "groups": batches // samples, "bands": batches // samples * ceil_div(out_h, band),
        "parts": batches * ceil_div(out_h, band), "runs": batches * len(fields["runs"]), "lines": lines,
        "columns": lines * ceil_div(fields["count"], 16),
    }  # fmt: skip


def lines(fields: Fields) -> dict[str, float]:
    found, blocks, rows = made(fields), fields["blocks"], fields["batches"] * fields["out_h"]
    pixels = rows * blocks * (fields["out_pitch"] // (fields["pixels"] & 0xFFFF))
    return found | {
        "passes": found["bands"] * blocks, "rows": rows * blocks,
        "rounds": rows * blocks * ((fields["pixels"] >> 16) + 1), "pixels": pixels,
        "pixels_of_blocks": pixels * (blocks > 1),
    }  # fmt: skip
