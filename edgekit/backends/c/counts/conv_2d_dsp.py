"""Convolution with the DSP instructions: steps of two pixels, whose taps are expanded."""

from __future__ import annotations

from collections.abc import Iterator

from edgekit.backends.c.counts._moves import together
from edgekit.backends.c.counts._window import Fields, axis, ceil_div, clamped, pixels


def features(fields: Fields) -> dict[str, float]:
    image, batches = fields["out_h"] * fields["out_w"], fields["batches"]
    steps = batches * ceil_div(image, 2)
    pairs, row = fields["pairs"], fields["kernel_w"] * fields["in_c"]
    end = 4 * ceil_div(fields["kernel_h"] * (row % 4), 4)
    scattered = pixels(fields) * (not isinstance(fields["fixed"], int))
    dense = fields["kernel_h"] * fields["kernel_w"] * fields["stride_h"] * fields["stride_w"] == 1 and not end
    dense &= image == fields["in_h"] * fields["in_w"]
    ways = [_expanded("dense", steps, 1, row)] if dense else list(_gathered(fields, batches))
    ways.append(_expanded("end", steps if end and not dense else 0, 1, end))
    return {
        "call": 1, "zeros": 4 * ceil_div(row, 4), "ends": 2 * end, "steps": steps,
        "pairs": steps * pairs, "blocks": steps * pairs * fields["blocks"],
        "turns": steps * pairs * ceil_div(fields["blocks"] - 1, 4),
        "single": batches * (image % 2), "scattered": scattered, "places": scattered * pairs,
        **_copied("fixed", scattered, fields["out_c"]), **clamped(fields, pixels(fields) * fields["out_c"]),
        **together(ways),
    }  # fmt: skip


def _expanded(way: str, times: int, rows: int, taps: int) -> dict[str, float]:
    """`expand`, which takes the taps of both pixels."""
    rows *= times
    names = {f"{name}_steps": 0 for name in ("dense", "end", "inner", "edge")}
    return {
        **names, f"{way}_steps": times, "rows": rows, "sixteens": rows * (taps // 16),
        "fours": rows * (taps % 16 // 4), "left": rows * (taps % 4),
    }  # fmt: skip


def _copied(kind: str, times: int, count: int) -> dict[str, float]:
    return {f"{kind}_words": times * (count // 4), f"{kind}_bytes": times * (count % 4)}


def _gathered(fields: Fields, batches: int) -> Iterator[dict[str, float]]:
    """The pairs of windows: at once where both lie inside the input, else row by row."""
    h, w = axis(fields, "h"), axis(fields, "w")
    width, height, channels = fields["kernel_w"], fields["kernel_h"], fields["in_c"]
    sizes = [(rows, columns) for rows in h.inside for columns in w.inside]
    if len(sizes) % 2:
        sizes.append(sizes[-1])
    for pair in zip(sizes[::2], sizes[1::2], strict=True):
        if fields["dilation_w"] == 1 and pair[0] == pair[1] == (height, width):
            yield _expanded("inner", batches, height, width * channels)
            continue
        yield _expanded("edge", batches, height, width * channels) | {"edge_rows": batches * height}
        for rows, columns in pair:
            partly = columns < width
            pieces, length = (columns, channels) if fields["dilation_w"] > 1 else (1, columns * channels)
            copies = rows * pieces * (partly or fields["dilation_w"] > 1)
            yield {
                "around": batches * partly, **_copied("around", batches * partly, width * channels),
                "kept_rows": batches * rows,
            }  # fmt: skip
            yield {"copies": batches * copies, **_copied("inside", batches * copies, length)}
