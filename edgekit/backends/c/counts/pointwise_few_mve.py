"""1x1 convolution into few channels on Helium: groups of pixels pass by filters that stay in registers."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    kernel = str(fields["kernel"])
    inputs, outputs = (int(side) for side in kernel.rsplit("_", 1)[1].split("x"))
    pixel, again = 4 if "places" in kernel else inputs, int(fields["y_back"] > 0)
    group = 8 if outputs == 1 or "eights" in kernel else 2
    return {"call": 1, "again": again, "groups": fields["bytes"] // (pixel * group) + again}
