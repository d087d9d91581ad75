"""How often the loops of a sliding window run: shared by the features of kernels that have one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Axis:
    """One axis of a window: of every output the taps before, inside and after the input."""

    before: tuple[int, ...]
    inside: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def full(self) -> int:
        """Outputs with all taps inside."""
        return sum(b + a == 0 for b, a in zip(self.before, self.after, strict=True))


def axis(fields: Fields, of: str) -> Axis:
    """The window's axis `h` or `w`."""
    side = {"h": "top", "w": "left"}[of]
    dilation = fields.get(f"dilation_{of}", 1)
    starts = [o * fields[f"stride_{of}"] - fields[f"pad_{side}"] for o in range(fields[f"out_{of}"])]
    taps = [[start + k * dilation for k in range(fields[f"kernel_{of}"])] for start in starts]
    before = tuple(sum(t < 0 for t in some) for some in taps)
    after = tuple(sum(t >= fields[f"in_{of}"] for t in some) for some in taps)
    inside = tuple(len(some) - b - a for some, b, a in zip(taps, before, after, strict=True))
    return Axis(before, inside, after)


def pixels(fields: Fields) -> int:
    """Outputs of one channel, all batches."""
    return int(fields["batches"] * fields["out_h"] * fields["out_w"])


def taps(fields: Fields) -> dict[str, int]:
    """Of one output channel, all pixels: kernel rows, those inside the input, their taps, those inside."""
    h, w = axis(fields, "h"), axis(fields, "w")
    rows = fields["batches"] * sum(h.inside)
    return {
        "rows": pixels(fields) * fields["kernel_h"],
        "rows_inside": rows * fields["out_w"],
        "taps": rows * fields["out_w"] * fields["kernel_w"],
        "taps_inside": rows * sum(w.inside),
    }


def ceil_div(a: int, b: int) -> int:
    return -(-a // b)


def clamped(fields: Fields, values: int) -> dict[str, float]:
    """`ek_clamp_all` over that many values."""
    low, high = fields["low"] > -128, fields["high"] < 127
    return {"clamped": values * (low or high), "clamped_high": values * high}
