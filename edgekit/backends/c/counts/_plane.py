"""What Helium kernels share which lay out a plane at a time: a channel of a band is gathered, then come its filters."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def laid_out(fields: Fields) -> dict[str, float]:
    """All but the loops; `filters` among it."""
    bands = fields["bands"].reshape(-1, 7)
    channels, full = fields["channels"], fields["full"]
    rows, many = bands[:, 3], len(bands) * channels
    found = {
        "call": 1, "vectors": fields["vectors"], "bands": len(bands),
        "filled": int(bands[:, 2].sum() + bands[:, 5].sum()), "channels": many,
        "filters": many * fields["depth_multiplier"],
    }  # fmt: skip
    if full:
        every = channels * int(rows.sum())
        return {**found, "wide": many, "wide_rows": every, "full": every * full, "rest": every * (fields["rest"] > 0)}
    return {**found, "row_pairs": channels * int((rows // 2).sum()), "odd_rows": channels * int((rows % 2).sum())}


def loops(fields: Fields, names: tuple[str, ...]) -> dict[str, float]:
    """Iterations of the loop that runs, by the name of its kind, clamped or not."""
    filters = laid_out(fields)["filters"]
    return {
        f"{clamp}_{name}": filters * fields["iterations"] * (fields["kind"] == 2 * i + j)
        for i, name in enumerate(names)
        for j, clamp in enumerate(("plain", "clamped"))
    }
