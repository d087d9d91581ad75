"""1x1 convolution of few channels on Helium, pixels in lanes: runs of blocks of 8 pixels, for each output channel."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

BESIDE, IN_REGISTERS = 4, 4  # words of a channel beside its other weights; inputs that have a register each


def features(fields: Fields) -> dict[str, float]:
    channels, runs = fields["channels"], fields["runs"]
    inputs = len(fields["stream"]) // channels - BESIDE + 1
    blocks = channels * runs * fields["blocks"]
    apart = inputs <= IN_REGISTERS
    clamped = (fields["low"], fields["high"]) != (-128, 127)
    return {
        "call": 1, "clamped": clamped, "channels": channels, "runs": channels * runs, "blocks": blocks,
        "products": blocks * inputs, "clamps": blocks * clamped,
        "moves": blocks * inputs * (not apart), "addresses": channels * runs * inputs * apart,
    }  # fmt: skip
