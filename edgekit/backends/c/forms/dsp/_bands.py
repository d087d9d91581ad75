"""Where kernels find the windows of a convolution: in its input, or in a band of it that is copied with its padding."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, Value

BAND = 2048  # bytes that a band may take, if two lines of outputs do not need more
KEPT = ("batches", "in_h", "in_c", "out_h", "out_w", "out_c", "kernel_h", "stride_h", "dilation_h", "pad_top",
        "in_zero", "out_zero", "low", "high")  # fmt: skip


def bands(layer: Layer, call: Call, more: int = 0) -> tuple[dict[str, Value], int] | None:
    """Fields of `ek_conv_2d_bands_t` without `groups` and `stream`, a band's bytes; None where columns are dilated
    or inputs are in groups.

    Args:
        more: bytes behind a line's windows that are read too, so that there is a copy in any case.
    """
    f: dict[str, int] = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    if layer.input(1).shape[3] != f["in_c"] or (f["dilation_w"] > 1 and f["kernel_w"] > 1):
        return None
    in_c, row = f["in_c"], f["in_w"] * f["in_c"]
    before = f["pad_left"] * in_c
    width = ((f["out_w"] - 1) * f["stride_w"] + f["kernel_w"]) * in_c + more
    copied = more > 0 or before > 0 or f["pad_top"] > 0 or width > row or _rows(f, f["out_h"]) > f["in_h"]
    pitch = -(-width // 4) * 4 if copied else row
    lines = f["out_h"]
    if copied and _rows(f, lines) * pitch > BAND:
        lines = next((n for n in range(lines // 2 * 2, 2, -2) if _rows(f, n) * pitch <= BAND), min(lines, 2))
    fields: dict[str, Value] = {name: f[name] for name in KEPT}
    fields |= {"in_size": f["in_h"] * row, "in_row": row, "kernel_row": f["kernel_w"] * in_c, "copied": int(copied)}
    fields |= {"stride": f["stride_w"] * in_c, "before": before, "pitch": pitch, "lines": lines}
    return fields, (_rows(f, lines) * pitch + -(-before // 4) * 4) * copied


def _rows(fields: dict[str, int], lines: int) -> int:
    """Rows of the input that so many lines of outputs read."""
    return (lines - 1) * fields["stride_h"] + (fields["kernel_h"] - 1) * fields["dilation_h"] + 1
