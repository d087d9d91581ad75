"""Convolution into one channel, two lines at a time: an image has a first line, pairs of lines inside, a last pair."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    images, out_w = fields["images"], fields["out_w"]
    pairs = images * ((fields["inside"] - 1) // (2 * out_w))
    found = {"call": 1, "images": images, "pairs": pairs}
    if fields["kernel"] != "conv_2d_two_to_1_dsp":  # whose lines have the same number of blocks
        found |= {"blocks": images * out_w, "pair_blocks": pairs * out_w}
    return found
