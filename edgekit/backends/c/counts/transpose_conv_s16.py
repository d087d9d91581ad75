"""Portable transposed convolution of int16: every output asks which inputs reach it."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, pixels


def _asked(fields: Fields, of: str, side: str) -> tuple[int, int]:
    """Turns of the loop over the kernel's taps along an axis, all outputs, and those that find an input."""
    stride, kernel = fields[f"stride_{of}"], fields[f"kernel_{of}"]
    asked = found = 0
    for at in range(fields[f"pad_{side}"], fields[f"pad_{side}"] + fields[f"out_{of}"]):
        for k in range(at % stride, min(kernel, at + 1), stride):
            asked += 1
            found += (at - k) // stride < fields[f"in_{of}"]
    return asked, found


def features(fields: Fields) -> dict[str, float]:
    (rows, rows_found), (columns, columns_found) = _asked(fields, "h", "top"), _asked(fields, "w", "left")
    each = fields["batches"] * fields["out_c"]
    inside = each * rows_found * columns_found
    return {
        "call": 1, "pixels": pixels(fields), "outputs": pixels(fields) * fields["out_c"],
        "rows": each * rows * fields["out_w"], "rows_found": each * rows_found * fields["out_w"],
        "taps": each * rows_found * columns, "taps_inside": inside, "macs": inside * fields["in_c"],
    }  # fmt: skip
