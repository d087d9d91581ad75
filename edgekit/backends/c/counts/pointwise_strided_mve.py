"""1x1 convolution of every second pixel of 8 channels on Helium: chunks of pixels, and 4 output channels of each."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

VECTORS, STREAM = 64, 128  # bytes of a unit's, of 4 channels
TURN = 16  # units
UNIT, LOOP = 33, 2  # instructions of a unit, without moving on; of a turn
ONE = 0x1111  # the mask of a single pixel
PAIRED = 8  # blocks up to which two units move on together


def features(fields: Fields) -> dict[str, float]:
    """`straight`: instructions of products and requantization that depend on the number of pixels."""
    chunks, units = fields["chunks"], fields["bytes"] // VECTORS
    blocks, some = fields["size"] // STREAM, fields["mask"] not in (0, ONE)
    whole = units - some
    moves = ceil_div(whole, 2) if blocks <= PAIRED else whole
    blocks *= chunks
    return {
        "call": 1, "chunks": chunks, "repeats": chunks * fields["repeats"], "blocks": blocks,
        "runs": chunks * fields["repeats"] * fields["runs"], "fills": chunks * fields["fills"],
        "some": blocks * some, "one": blocks * (fields["mask"] == ONE),
        "straight": blocks * (UNIT * units + moves + LOOP * (ceil_div(units, TURN) + max(1, ceil_div(whole, TURN)))),
    }  # fmt: skip
