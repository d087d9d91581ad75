"""Convolution of two input channels without padding: pixels by records, those of nine words and those of six."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields
from edgekit.backends.c.forms.dsp.conv_2d_threaded_two import LEFT, LEFT_READ, PLAIN, VALID


def features(fields: Fields) -> dict[str, float]:
    sections = fields["sections"].reshape(-1, 10)[:-1]
    images, width, out_c = fields["images"], fields["out_w"], fields["out_c"]
    count = sections[:, 0] - 1
    lines, full = images * int(count.sum()), images * int(count[sections[:, 4] != fields["edge"]].sum())
    end = fields["end"]
    valid = fields["start"] == VALID
    inside = width - (not valid) - (end != PLAIN)
    return {
        "call": 1, "images": images - 1, "sections": images * len(sections), "lines": lines, "valid": lines * valid,
        "left": lines * (end == LEFT), "left_read": lines * (end == LEFT_READ), "pixels": lines * width,
        "windows": full * inside, "low_windows": (lines - full) * inside, "outputs": full * inside * out_c,
        "few": (lines * width - full * inside) * out_c,
    }  # fmt: skip
