"""Convolution into few channels on Helium: sums pixel by pixel, then outputs in eights."""

from __future__ import annotations

from edgekit.backends.c.counts._image_rows import rows
from edgekit.backends.c.counts._window import Fields, ceil_div
from edgekit.backends.c.forms.mve._bands import ROWS
from edgekit.backends.c.forms.mve.conv_2d_few import UNITS

PIXEL = {  # instructions of one, by channels and vectors of a window's row
    (1, 1): 12, (1, 2): 15, (1, 3): 22, (1, 5): 34, (1, 6): 37, (1, 12): 61, (3, 1): 21, (3, 2): 31, (3, 3): 43,
    (3, 5): 67, (3, 6): 79, (4, 1): 24, (4, 2): 40, (4, 3): 55, (4, 5): 88, (8, 1): 40, (8, 2): 69, (2, 1): 18,
    (2, 2): 26,
}  # fmt: skip


def features(fields: Fields) -> dict[str, float]:
    batches, out_h, out_w, band = (fields[name] for name in ("batches", "out_h", "out_w", "band"))
    parts = [[*UNITS][code] for code in (fields["code"], fields["rest_code"]) if code >= 0]
    eight = any(channels == 8 for channels, _ in parts)
    bands, lines = batches * ceil_div(out_h, band), batches * out_h
    products = lines * out_w * sum(PIXEL[part] for part in parts)
    counts = [min(band, out_h - first) * fields["out_pitch"] for first in range(0, out_h, band)]
    eights = batches * sum(ceil_div(count, 8) for count in counts)
    turning = fields["period"] > 1
    return {
        "call": 1, "lines": lines * len(parts), "products": products, "passes": bands * len(parts),
        "lines_of_ten": lines * eight,
        "turns": batches * sum(count // 8 // fields["period"] for count in counts) * turning,
        "eights": eights, "turning": eights * turning, "limited": eights * fields["limited"],
        "rests": batches * sum(count % 8 > 0 for count in counts), "jobs": bands,
        **rows(fields, ROWS),
    }  # fmt: skip
