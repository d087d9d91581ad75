"""Layers of few inputs with the DSP instructions: pixel by pixel, whose taps stay in registers."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def features(fields: Fields) -> dict[str, float]:
    words, images = max(2, ceil_div(fields["in_c"], 2)), fields["images"]
    lines = images * fields["lines"]
    of_channel = words + (2 if "_line_" in fields["kernel"] else 3)
    outputs, channels = lines * fields["outputs"], fields["bytes"] // (4 * of_channel)
    pixels = outputs // channels
    if fields["kernel"].endswith("pixel_dsp"):
        return {"call": 1, "outputs": outputs}
    if "_to_" in fields["kernel"]:
        return {"call": 1, "pixels": pixels}
    common = {"call": 1, "lines": lines, "pixels": pixels, "turns": pixels * ceil_div(channels, 8)}
    if fields["kernel"] == "pointwise_3_dsp":
        return {**common, "outputs": outputs, "several": pixels > 1, "many": fields["lines"] > 1}
    if fields["kernel"] not in ("pointwise_images_dsp", "pointwise_narrow_dsp"):
        return {**common, "outputs": outputs}
    found = {
        **common, "images": images, "least": images * (fields["in_c"] < 4), "words": pixels * words,
        **{f"outputs_{2 * n}": outputs * (n == words) for n in range(2, 9)},
    }  # fmt: skip
    return found if fields["kernel"] == "pointwise_images_dsp" else {**found, **clamped(fields, outputs)}
