"""Matrix product of windows and filters on Helium, with windows where they lie, in strips, or gathered one by one."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.backends.c.counts._window import Fields, axis, ceil_div, pixels


def features(fields: Fields) -> dict[str, float]:
    windows, blocks = pixels(fields), ceil_div(fields["out_c"], 8)
    limited = (fields["low"] != -128 or fields["high"] != 127) and fields["steps"] < 2
    found: dict[str, float] = {"call": 1}
    lines = 1 if fields["stride_h"] * fields["stride_w"] == 1 else fields["batches"] * fields["out_h"]
    kernel = fields["kernel"]
    if kernel == "conv_2d_mve_gather":
        jobs = fields["batches"] * fields["out_h"] * ceil_div(fields["out_w"], fields["pixels"])
        found |= _gathered(fields)
    elif kernel == "conv_2d_mve_strips":
        jobs = fields["batches"] * fields["out_h"]
        found |= strips(fields)
    elif kernel == "conv_2d_mve_rest":
        width, size = windows // lines, 64 * fields["chunks"] + 16 * fields["rest"]
        short = min((size - 1) // fields["in_c"], fields["batches"] * fields["in_h"] * fields["in_w"])
        jobs = ceil_div(windows - fields["pixels"], width) + ceil_div(fields["pixels"], width)
        found |= {"lines": lines, "copied": ceil_div(short * fields["in_c"], 16)}
    else:
        jobs = lines
    if fields["passes"]:
        rounds = windows * blocks
        passed = {f"passed_{n}": rounds * (fields["rest"] == n) for n in (1, 2, 3)}
        return {**found, **passed, "passing_jobs": jobs, "passes": jobs * blocks, "passed_limited": rounds * limited,
                "passed_some": rounds * (fields["out_c"] % 8 > 0 and not limited)}  # fmt: skip
    whole, half, way = (
        windows * (blocks - fields["half"]),
        windows * fields["half"],
        "paired" if fields["paired"] else "plain",
    )
    chunks, rest = fields["chunks"], fields["rest"]
    return {
        **found, "jobs": jobs, "half_jobs": jobs * fields["half"], "windows": windows,
        "partial": windows * (fields["out_c"] % 8 > 0),
        "blocks": windows * blocks, "choices": windows * blocks * fields["half"],
        f"chunks_{way}": whole * chunks, f"rest_{way}": whole * rest, "chunks_half": half * chunks,
        "rest_half": half * rest, "chunked": windows * blocks * (chunks > 0),
        "with_rest": windows * blocks * (rest > 0), "shifted": windows * blocks * (fields["steps"] == 2),
        "limited": windows * blocks * limited,
    }  # fmt: skip


def _gathered(fields: Fields) -> dict[str, float]:
    """Windows that are whole are copied by rows, in runs; the others are filled first."""
    h, w = axis(fields, "h"), axis(fields, "w")
    size, segment = fields["kernel_h"] * fields["kernel_w"] * fields["in_c"], fields["kernel_w"] * fields["in_c"]
    dense = fields["dilation_w"] == 1
    outputs = fields["batches"] * fields["out_h"] * fields["out_w"]
    whole = fields["batches"] * h.full * w.full if dense else 0
    rows, vectors = whole * fields["kernel_h"], ceil_div(segment, 16)
    broken_rows = fields["batches"] * sum(h.inside) * fields["out_w"] - rows
    taps, once = fields["batches"] * sum(h.inside) * sum(w.inside), sum(map(bool, h.inside)) * sum(w.inside)
    return {
        "whole": whole, "whole_rows": rows, "whole_vectors": rows * vectors, "long_rows": rows * (segment > 64),
        "long_vectors": rows * vectors * (segment > 64), "broken": outputs - whole,
        "filled": (outputs - whole) * ceil_div(size, 16), "broken_rows": broken_rows * dense,
        "broken_vectors": broken_rows * vectors * dense, "dilated": fields["batches"] * once * (not dense),
        "dilated_taps": taps * (not dense), "dilated_vectors": taps * ceil_div(fields["in_c"], 16) * (not dense),
    }  # fmt: skip


def strips(fields: Fields, made: Sequence[int] | None = None, together: int = 1) -> dict[str, float]:
    """Strips of some output rows, or all. Columns are filled in the first ones that are in scratch `together` and
    wherever kernel rows are outside; then rows are scattered or copied."""
    h, c = axis(fields, "h"), fields["in_c"]
    made = range(fields["out_h"]) if made is None else made
    column = fields["kernel_h"] * c
    columns = (fields["out_w"] - 1) * fields["stride_w"] + fields["kernel_w"]
    inside = min(columns - fields["pad_left"], fields["in_w"])
    spread = c <= 8 and 15 // c * column + 15 % c <= 255
    rows = fields["batches"] * sum(h.inside[oy] for oy in made)
    threes = 0
    full = [h.inside[oy] == fields["kernel_h"] for oy in made]
    if fields["kernel_h"] == 3 and c in (16, 32):
        threes = fields["batches"] * full.count(True)
        rows -= 3 * threes
    fills = fields["batches"] * full.count(False) + full[:together].count(True)
    groups = (inside * c - 16) // (16 // c * c) + 1 if spread and inside * c >= 16 else 0
    short = not spread and c <= 64
    return {
        "fills": fills, "fill_vectors": fills * ceil_div(columns * column, 16),
        "offsets": spread, "bends": spread * ceil_div(16, c),
        "scattered_rows": rows * spread, "scattered": rows * groups * spread,
        "threes": threes, "threes_16": threes * inside * (c == 16), "threes_32": threes * inside * (c == 32),
        "copied_rows": rows * short, "copied": rows * inside * short,
        "copied_vectors": rows * inside * ceil_div(c, 16) * short,
        "long_copies": rows * inside * (c > 64), "long_copied": rows * inside * ceil_div(c, 16) * (c > 64),
        "long_copied_rows": rows * (c > 64),
    }  # fmt: skip
