"""Matrix product of windows and filters on Helium; windows are gathered where they must be."""

from __future__ import annotations

from edgekit.backends.c.counts._moves import together
from edgekit.backends.c.counts._window import Fields, axis, ceil_div, clamped, pixels


def features(fields: Fields) -> dict[str, float]:
    windows, blocks, rest = pixels(fields), ceil_div(fields["out_c"], 8), fields["rest"]
    limited = clamped(fields, 1)["clamped"]
    return {
        "call": 1, "windows": windows, "partial": windows * (fields["out_c"] % 8 > 0), "blocks": windows * blocks,
        "chunks": windows * blocks * fields["chunks"], "unchunked": windows * blocks * (fields["chunks"] == 0),
        "with_rest": windows * blocks * (rest > 0), "rest": windows * blocks * rest,
        "shifted": windows * blocks * fields["shifted"],
        "clamped": windows * blocks * limited * (1 - fields["shifted"]), **_brought(fields),
    }  # fmt: skip


def _brought(fields: Fields) -> dict[str, float]:
    """Calls of the product, and how the windows come to it."""
    if fields["kernel"] == "conv_2d_mve":
        dense = fields["stride_h"] * fields["stride_w"] == 1
        return {"jobs": 1 if dense else fields["batches"] * fields["out_h"]}
    if fields["kernel"] == "conv_2d_mve_rest":
        last = min(fields["pixels"], pixels(fields))
        return {"jobs": 1 + (pixels(fields) > last), **_copied(1, last, fields["in_c"])}
    return _gathered(fields)


def _gathered(fields: Fields) -> dict[str, float]:
    h, w, batches = axis(fields, "h"), axis(fields, "w"), fields["batches"]
    channels, dense = fields["in_c"], fields["dilation_w"] == 1
    segment = fields["kernel_w"] * channels
    parts = []
    filled = 0
    for rows in h.inside:
        whole = [dense and rows == fields["kernel_h"] and n == fields["kernel_w"] for n in w.inside]
        parts.append(_copied(batches * sum(whole), rows, segment))
        edges = [n for n, fast in zip(w.inside, whole, strict=True) if not fast]
        filled += len(edges)
        for n in edges if rows else ():
            parts.append(_copied(batches * (1 if dense else n), rows, n * channels if dense else channels))
    jobs = batches * fields["out_h"] * ceil_div(fields["out_w"], fields["pixels"])
    length = ceil_div(fields["kernel_h"] * segment, 16)
    return {
        "jobs": jobs, "lines": batches * fields["out_h"], "filled": batches * filled,
        "filled_16": batches * filled * length, **together(parts),
    }  # fmt: skip


def _copied(times: int, rows: int, count: int) -> dict[str, float]:
    """`copy_rows`: rows of up to 64 bytes have a loop of their own."""
    vectors = ceil_div(count, 16)
    kind, other = ("short", "long") if vectors <= 4 else ("long", "short")
    return {
        f"{kind}_copies": times, f"{kind}_rows": times * rows, f"{kind}_vectors": times * rows * vectors,
        f"{other}_copies": 0, f"{other}_rows": 0, f"{other}_vectors": 0,
    }  # fmt: skip
