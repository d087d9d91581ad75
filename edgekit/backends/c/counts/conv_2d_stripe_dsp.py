"""Convolution by stripes with the DSP instructions: a line's input is expanded, then pairs of pixels or pixels."""

from __future__ import annotations

from edgekit.backends.c.counts._moves import together
from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def features(fields: Fields) -> dict[str, float]:
    batches, parts, segment = fields["batches"], fields["parts"], fields["segment"]
    starts = range(0, fields["out_columns"], segment)
    counts = [min(segment, fields["out_columns"] - start) for start in starts]
    lines = batches * parts * fields["out_lines"]
    few = fields["kernel"] == "conv_2d_stripe_few_dsp"
    odd = fields["kernel_lines"] * fields["in_c"] * fields["stride_column"] % 2
    made = [_filled(fields, start, count, odd) for start, count in zip(starts, counts, strict=True)]
    outputs = (_pixels if few else _pairs)(fields, counts, odd)
    return {
        "call": 1, "images": batches, "parts": batches * parts, "lines": lines, "segments": lines * len(counts),
        **{name: batches * parts * n for name, n in together(made).items()},
        **{name: lines * n for name, n in outputs.items()}, **clamped(fields, batches * fields["out_size"]),
    }  # fmt: skip


def _filled(fields: Fields, start: int, count: int, odd: int) -> dict[str, float]:
    """`fill` of one segment of all lines."""
    columns, in_c, kernel, out_lines = (fields[name] for name in ("columns", "in_c", "kernel_lines", "out_lines"))
    record = kernel * in_c
    first = start * fields["stride_column"] - fields["pad_column"]
    width = (count - 1) * fields["stride_column"] + fields["kernel_columns"]
    inside = max(0, min(first + width, columns) - max(first, 0))
    lines = dict.fromkeys(("flat", "fours", "any", "two", "one"), 0)
    if in_c % 4 == 0:
        lines["flat" if record == in_c == fields["column_step"] else "fours"] = kernel
    elif in_c > 1:
        lines["any"] = kernel
    else:
        lines["two"] = kernel // 2 if fields["column_step"] == 1 else 0
        lines["one"] = kernel - 2 * lines["two"]
    times = {way: out_lines * count for way, count in lines.items()}
    values = inside * in_c
    return {
        "outside": out_lines * (width - inside) * record,
        "copies": out_lines * odd, "copied": out_lines * odd * ceil_div((width * record + 1) // 2, 4), **times,
        "columns": times["fours"] * inside,
        **{name: _words(times["flat"], values)[name] + n for name, n in _words(times["fours"] * inside, in_c).items()},
        "any_columns": times["any"] * inside, "any_more": times["any"] * inside * max(0, in_c - 3),
        **{f"{way}_{name}": times[way] * count for way in ("two", "one") for name, count in (
            ("columns", inside // 4), ("single", inside % 4))},
    }  # fmt: skip


def _words(times: int, taps: int) -> dict[str, int]:
    """`times` runs of so many taps, whole words."""
    return {"sixteens": times * (taps // 16), "eights": times * (taps % 16 // 8), "words": times * (taps % 8 // 4)}


def _pairs(fields: Fields, counts: list[int], odd: int) -> dict[str, float]:
    pairs = sum(ceil_div(count, 2) for count in counts)
    rest = ceil_div(fields["words"], 4) - 1
    each = pairs * fields["out_c"]
    return {
        "runs": sum((count > 1) + count % 2 for count in counts), "singles": sum(count % 2 for count in counts),
        "pairs": pairs, "finished": each, "from_four": each * (fields["words"] % 4 == 0), "groups": each * rest,
        "turns": each * ceil_div(rest, 4),
    }  # fmt: skip


def _pixels(fields: Fields, counts: list[int], odd: int) -> dict[str, float]:
    outputs = sum(counts) * fields["out_c"]
    return {
        "second": odd * sum(count > 1 for count in counts), "pixels": sum(counts),
        "turns": sum(counts) * ceil_div(fields["out_c"], 4),
        **{f"outputs_{n}": outputs * (n == fields["words"]) for n in (2, 3, 4, 5, 6, 8)},
    }  # fmt: skip
