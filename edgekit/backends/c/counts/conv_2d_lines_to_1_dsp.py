"""Convolution into one channel, two lines at a time: an image has a first line, pairs of lines inside, a last pair."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    images, out_w, kernel = fields["images"], fields["out_w"], str(fields["kernel"])
    odd = "even" not in kernel
    pairs = images * (fields["before"] // (2 * out_w))
    blocks = out_w - 1 - odd if "five" in kernel else (out_w - 2 - odd) // 2  # in the middle of a line
    return {"call": 1, "images": images, "pairs": pairs, "blocks": images * blocks, "pair_blocks": pairs * blocks}
