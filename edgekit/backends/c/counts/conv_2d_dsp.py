"""Convolution with the DSP instructions: steps of two pixels, whose taps are expanded one of three ways."""

from __future__ import annotations

from edgekit.backends.c.counts._moves import together
from edgekit.backends.c.counts._window import Fields, axis, ceil_div, clamped, pixels


def features(fields: Fields) -> dict[str, float]:
    image = fields["out_h"] * fields["out_w"]
    steps = fields["batches"] * ceil_div(image, 2)
    pairs, blocks = fields["pairs"], fields["blocks"]
    odd = fields["out_c"] % 2
    return {
        "call": 1, "cleared": blocks, "steps": steps,
        "blocks": steps * pairs * blocks, "turns": steps * pairs * ceil_div(blocks, 4),
        "pairs": steps * pairs, "odd": odd * steps, "odd_bytes": odd * steps * fields["out_c"],
        **clamped(fields, pixels(fields) * fields["out_c"]), **_expanded(fields),
    }  # fmt: skip


def _expanded(fields: Fields) -> dict[str, float]:
    """How the taps of a pixel come to their place: as bytes first, as runs of a kernel row, or the pixel as it is."""
    count, channels = pixels(fields), fields["in_c"]
    if channels % 4 != 0:
        return _named("gather", {**_rows(fields), "pixels": count, **_expand(count, 8 * fields["blocks"])})
    dense = fields["kernel_h"] * fields["kernel_w"] * fields["stride_h"] * fields["stride_w"] == 1
    if dense and fields["out_h"] * fields["out_w"] == fields["in_h"] * fields["in_w"]:
        return _named("dense", {"pixels": count, **_expand(count, channels)})
    h, w = axis(fields, "h"), axis(fields, "w")
    runs = [(1, n) if fields["dilation_w"] == 1 else (n, 1) for n in w.inside]
    parts = [_expand(fields["batches"] * sum(h.inside) * times, length * channels) for times, length in runs]
    return _named("run", {**_rows(fields), "pixels": count, **together(parts)})


def _rows(fields: Fields) -> dict[str, float]:
    """Kernel rows inside and outside the input, all pixels, and bytes of filling."""
    h, w = axis(fields, "h"), axis(fields, "w")
    inside = fields["batches"] * sum(h.inside)
    outside = fields["batches"] * (sum(h.before) + sum(h.after))
    around = inside * (sum(w.before) + sum(w.after)) * fields["in_c"]
    return {
        "rows": inside * fields["out_w"], "rows_outside": outside * fields["out_w"], "around": around,
        "outside": outside * fields["out_w"] * fields["kernel_w"] * fields["in_c"],
        "copied": inside * sum(w.inside) * fields["in_c"],
        "pieces": inside * (len(w.inside) if fields["dilation_w"] == 1 else sum(w.inside)),
    }  # fmt: skip


def _expand(times: int, count: int) -> dict[str, float]:
    """`ek_expand`: 16 at a time, then 4."""
    return {"sixteens": times * (count // 16), "fours": times * (count % 16 // 4)}


def _named(way: str, counts: dict[str, float]) -> dict[str, float]:
    names = ("rows", "rows_outside", "around", "outside", "copied", "pieces", "pixels", "sixteens", "fours")
    ways = {f"{kind}_{name}": 0.0 for kind in ("gather", "dense", "run") for name in names}
    return {**ways, **{f"{way}_{name}": count for name, count in counts.items()}}
