"""Convolution into few channels on Helium: sums pixel by pixel, then outputs in eights."""

from __future__ import annotations

from collections import Counter

from edgekit.backends.c.counts._image_rows import rows
from edgekit.backends.c.counts._window import Fields, ceil_div
from edgekit.backends.c.forms.mve._bands import ROWS
from edgekit.backends.c.forms.mve.conv_2d_few import UNITS


def features(fields: Fields) -> dict[str, float]:
    batches, out_h, out_w, band = (fields[name] for name in ("batches", "out_h", "out_w", "band"))
    parts = [[*UNITS][code] for code in (fields["code"], fields["rest_code"]) if code >= 0]
    eight = any(channels == 8 for channels, _ in parts)
    bands, lines = batches * ceil_div(out_h, band), batches * out_h
    pixels = Counter({f"pixels_{channels}_{vectors}": 0 for channels, vectors in UNITS})
    for channels, vectors in parts:
        pixels[f"pixels_{channels}_{vectors}"] += lines * out_w
    counts = [min(band, out_h - first) * fields["out_pitch"] for first in range(0, out_h, band)]
    eights = batches * sum(ceil_div(count, 8) for count in counts)
    turning = fields["period"] > 1
    return {
        "call": 1, "lines": lines * len(parts), "passes": bands * len(parts),
        "lines_of_ten": lines * eight,
        "turns": batches * sum(count // 8 // fields["period"] for count in counts) * turning,
        "eights": eights, "turning": eights * turning, "limited": eights * fields["limited"],
        "rests": batches * sum(count % 8 > 0 for count in counts), "jobs": bands,
        **pixels, **rows(fields, ROWS),
    }  # fmt: skip
