"""Transposed convolution on Helium: each phase is a convolution of strips, whose outputs are copied to their places."""

from __future__ import annotations

from edgekit.backends.c.counts import conv_2d_mve
from edgekit.backends.c.counts._moves import together
from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    parts = [_phase(fields, ry, rx) for ry in range(fields["stride_h"]) for rx in range(fields["stride_w"])]
    return {**together(parts), "call": 1}


def _phase(fields: Fields, ry: int, rx: int) -> dict[str, float]:
    (rows, above), (columns, left) = fields["down"][ry].tolist(), fields["across"][rx].tolist()
    height, width = (
        ceil_div(fields["out_h"] - ry, fields["stride_h"]),
        ceil_div(fields["out_w"] - rx, fields["stride_w"]),
    )
    if height <= 0 or width <= 0:
        return {"phases": 1}
    batches, out_c, way = (
        fields["batches"],
        fields["out_c"],
        int(fields["ways"].reshape(-1)[ry * fields["stride_w"] + rx]),
    )
    vectors = ceil_div(rows * columns * fields["in_c"], 16)
    window = {
        "kernel": "conv_2d_mve_strips", "kernel_h": rows, "kernel_w": columns, "pad_top": above, "pad_left": left,
        "out_h": height, "out_w": width, "stride_h": 1, "stride_w": 1, "chunks": vectors // 4, "rest": vectors % 4,
        "passes": way, "half": int(not way and (out_c - 1) % 8 < 4),
    }  # fmt: skip
    of_strips = {**fields, **window}
    found = conv_2d_mve.features(of_strips)
    lines, whole = batches * height, fields["in_c"] % 16 == 0 and rows == columns == 1 and not left
    if whole and width <= fields["in_w"]:
        found = {name: times for name, times in found.items() if name not in conv_2d_mve.strips(of_strips)}
        outside = sum(not 0 <= line - above < fields["in_h"] for line in range(height)) * batches
        found |= {
            "direct": lines - outside,
            "fills": outside,
            "fill_vectors": outside * ceil_div(width * fields["in_c"], 16),
        }
    put = lines * (fields["stride_w"] > 1)
    short, copied = out_c <= 64, ceil_div(out_c, 16)
    return {
        **found, "phases": 1, "lines": lines, "put_lines": put, "put": put * width * short,
        "put_vectors": put * width * copied * short, "put_long": put * width * (not short),
        "put_long_vectors": put * width * copied * (not short),
    }  # fmt: skip
