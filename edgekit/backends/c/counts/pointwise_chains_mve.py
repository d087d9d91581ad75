"""1x1 convolution of 8 channels on Helium: groups of pixels, and pairs of pixels behind them."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

OUTPUTS = {"128": 1024, "128_rest": 1024, "120_rest": 960}  # of a group


def features(fields: Fields) -> dict[str, float]:
    group = OUTPUTS.get(fields["kernel"].removeprefix("pointwise_chains_mve_"))
    if fields["kernel"] == "pointwise_chains_mve_few":
        eights = fields["pairs"]
        return {"call": 1, "groups": fields["size"], "eights": eights, "behind": eights > 0}
    if group is None:
        return {"call": 1}
    return {"call": 1, "groups": fields["size"] // group, "pairs": fields["pairs"]}
