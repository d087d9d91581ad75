"""How often the parts of a kernel run that reads windows in bands: `conv_2d_bands_dsp.h`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edgekit.backends.c.counts._window import Fields, ceil_div


def bands(fields: Fields) -> Iterator[tuple[int, int]]:
    """First line and number of lines of every band of one input."""
    for first in range(0, fields["out_h"], fields["lines"]):
        yield first, min(fields["lines"], fields["out_h"] - first)


def equal_bands(fields: Fields) -> Iterator[tuple[int, int]]:
    """The same of bands that all have `lines`: the last one ends with the last line."""
    for first, _ in bands(fields):
        yield min(first, fields["out_h"] - fields["lines"]), fields["lines"]


def filled(fields: Fields, of: Callable[[Fields], Iterator[tuple[int, int]]] = bands) -> dict[str, float]:
    """`ek_fill_band` of all bands, and the first filling."""
    names = ("rows_inside", "rows_outside", "long", "sixteens", "ends", "fours", "bytes", "filled_sixteens",
             "filled_fours")  # fmt: skip
    found = dict.fromkeys(names, 0.0)
    if not fields["copied"]:
        return found
    pitch, span = fields["pitch"], (fields["kernel_h"] - 1) * fields["dilation_h"] + 1
    count = min(fields["in_row"], pitch - fields["before"])
    rows, inside = 0, 0
    for first, lines in of(fields):
        top, read = first * fields["stride_h"] - fields["pad_top"], (lines - 1) * fields["stride_h"] + span
        rows += read
        inside += sum(0 <= top + row < fields["in_h"] for row in range(read))
    inside *= fields["batches"]
    outside = rows * fields["batches"] - inside
    all_rows = ((fields["lines"] - 1) * fields["stride_h"] + span) * pitch + ceil_div(fields["before"], 4) * 4
    found |= {"rows_inside": inside, "rows_outside": outside}
    if count >= 16:
        found |= {"long": inside, "sixteens": inside * (count // 16), "ends": inside * (count % 16 > 0)}
    else:
        found |= {"fours": inside * (count // 4), "bytes": inside * (count % 4)}
    found["filled_sixteens"] = outside * pitch // 16 + all_rows // 16
    found["filled_fours"] = outside * ceil_div(pitch % 16, 4) + ceil_div(all_rows % 16, 4)
    return found
