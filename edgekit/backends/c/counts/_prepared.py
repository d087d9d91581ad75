"""How the DSP kernels of broadcast operators prepare the operand that repeats."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def prepared(fields: Fields) -> dict[str, float]:
    """Of all groups: words of four bytes, and what `ek_repeat_dsp` copies."""
    groups, fours = fields["groups"], ceil_div(fields["prepared"], 4)
    filled, copies = fields["period"], 1
    while filled < fields["prepared"]:
        copies, filled = copies + 1, 2 * filled
    copied = groups * (fields["period"] != 4 * fours)
    return {
        "call": 1, "groups": groups, "prepared": groups * fours, "copies": copied * copies,
        "copied": copied * fields["prepared"],
    }  # fmt: skip
