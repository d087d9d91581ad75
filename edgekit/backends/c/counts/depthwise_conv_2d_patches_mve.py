"""Depthwise convolution by patches on Helium: rows of 16 channels are laid out as words, then channel by channel."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    stride, channels, iterations = fields["stride"], fields["in_c"], fields["iterations"]
    starts = range(0, fields["out_h"], fields["band"])
    bands = fields["batches"] * len(starts)
    tops = [min(at, fields["out_h"] - fields["band"]) * stride - fields["pad_top"] for at in starts]
    rows = fields["batches"] * sum(0 <= top + r < fields["in_h"] for top in tops for r in range(fields["rows"]))
    groups = ceil_div(channels, 16)
    odd, left = fields["out_w"] % 2 if stride == 1 else 0, fields["pad_left"]
    outer, half = fields["outer"] > 0, fields["half"] > 0
    loads = 2 - left + 2 * fields["inner"] + (outer and half) + (odd and half and not outer)
    shifted = int(np.count_nonzero(fields["filters"].reshape(-1, 8)[:, 2] == 0))
    limited = fields["low"] != -128 or fields["high"] != 127
    once = fields["kernel"].endswith(("_once_mve", "_odd_mve"))
    outside = bands * fields["rows"] - rows
    return {
        "call": 1, "bands": bands, "groups": bands * groups, "rows": rows * groups,
        "inner": rows * groups * fields["inner"], "outer": rows * groups * fields["outer"], "odd": rows * groups * odd,
        "half": rows * groups * (outer and half), "left": rows * groups * (left != 1),
        "some_loads": rows * loads * (channels % 16 > 0),
        "outside": outside, "filled": outside * fields["words"] * 4,
        "columns": bands * channels * fields["columns"], "channels": bands * channels, "shifted": bands * shifted,
        **{f"{name}_{s}": bands * count * iterations * (stride == s) for s in (1, 2) for name, count in
           (("once", channels * once), ("plain", (channels - shifted) * (not limited and not once)),
            ("clamped", (channels - shifted) * limited), ("shifting", shifted))},
    }  # fmt: skip
