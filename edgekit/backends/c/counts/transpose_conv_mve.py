"""Transposed convolution on Helium: each phase is a convolution of strips, whose outputs are copied to their places."""

from __future__ import annotations

from typing import Any

from edgekit.backends.c.counts import conv_2d_mve
from edgekit.backends.c.counts._moves import together
from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    parts = [_phase(fields, ry, rx) for ry in range(fields["stride_h"]) for rx in range(fields["stride_w"])]
    return {**together(parts), "call": 1}


def windows(fields: Fields, ry: int, rx: int, least: int) -> tuple[dict[str, Any], dict[str, float]]:
    """A phase as the fields of a convolution, and what finding its windows takes, of `least` vectors or more."""
    (rows, above), (columns, left) = fields["down"][ry].tolist(), fields["across"][rx].tolist()
    height, width = (ceil_div(fields[f"out_{of}"] - r, fields[f"stride_{of}"]) for of, r in (("h", ry), ("w", rx)))
    vectors = max(least, ceil_div(rows * columns * fields["in_c"], 16))
    window = {
        **fields, "kernel": "conv_2d_mve_strips", "kernel_h": rows, "kernel_w": columns, "pad_top": above,
        "pad_left": left, "out_h": height, "out_w": width, "stride_h": 1, "stride_w": 1, "vectors": vectors,
        "chunks": vectors // 4, "rest": vectors % 4,
    }  # fmt: skip
    if width <= 0:
        return window, {}
    if 16 * vectors != fields["in_c"] or left or width > fields["in_w"]:
        return window, conv_2d_mve.strips(window)
    batches, size = fields["batches"], ceil_div(width * fields["in_c"], 16)
    outside = batches * sum(not 0 <= line - above < fields["in_h"] for line in range(height))
    return window, {"direct": batches * height - outside, "fills": outside, "fill_vectors": outside * size}


def _phase(fields: Fields, ry: int, rx: int) -> dict[str, float]:
    window, found = windows(fields, ry, rx, 1)
    out_c, width = fields["out_c"], window["out_w"]
    if width <= 0:
        return {"phases": 1}
    way = int(fields["ways"].reshape(-1)[ry * fields["stride_w"] + rx])
    products = conv_2d_mve.features({**window, "passes": way, "half": int(not way and (out_c - 1) % 8 < 4)})
    strips = conv_2d_mve.strips(window)
    lines, copied = fields["batches"] * window["out_h"], ceil_div(out_c, 16)
    put, short = lines * (fields["stride_w"] > 1), out_c <= 64
    return {
        **{name: times for name, times in products.items() if name not in strips}, **found, "phases": 1,
        "lines": lines, "put_lines": put, "put": put * width * short, "put_vectors": put * width * copied * short,
        "put_long": put * width * (not short), "put_long_vectors": put * width * copied * (not short),
    }  # fmt: skip
