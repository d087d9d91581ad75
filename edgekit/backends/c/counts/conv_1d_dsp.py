"""Convolution along one axis with the DSP instructions: windows as pixels whose taps stay in registers."""

from __future__ import annotations

from edgekit.backends.c.counts._segments import lines_of
from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    found, kernel = lines_of(fields), str(fields["kernel"])
    if "pairs" in kernel:
        segment, columns = fields["segment"], fields["columns"]
        pairs = sum(ceil_div(min(segment, columns - start), 2) for start in range(0, columns, segment))
        return found | {"pixels": found["pixels"] / columns * pairs}
    if "_to_" in kernel:
        return found
    turns = found["pixels"] * ceil_div(fields["out_c"], 8)
    return found | {"turns": turns, "outputs": found["pixels"] * fields["out_c"]}
