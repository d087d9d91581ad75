"""Convolution into one channel, two lines at a time: an image has a first line, pairs of lines inside, a last pair."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    images, out_w = fields["images"], fields["out_w"]
    pairs = images * ((fields["inside"] - 1) // (2 * out_w))
    middle = out_w - 2 if fields["kernel"] == "conv_2d_five_to_1_dsp" else (out_w - 3) // 2  # blocks of a line
    return {"call": 1, "images": images, "pairs": pairs, "blocks": images * middle, "pair_blocks": pairs * middle}
