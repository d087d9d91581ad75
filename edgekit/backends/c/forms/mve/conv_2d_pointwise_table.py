"""1x1 convolutions of one channel, which are functions of one value: `firmware/src/pointwise_table_mve.c`."""

from __future__ import annotations

from edgekit.backends.c import lookup
from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pairs import places
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise import picture

OPERATOR, FILE = "conv_2d", "pointwise_table_mve"
LANES, AT_ONCE = 16, 4  # pixels; channels of a pass
MOST_CHANNELS = 16  # the places of 16 pixels of four channels are bytes
WIDE = (32, 64)
MOST_APART = 17  # as the places of 16 pixels of the input
LEAST = 16  # pixels, for which 256 outputs in flash pay
AT_A_TIME = 48  # pixels, where there are many of one channel


def form(layer: Layer, call: Call) -> Call | None:
    fields, geometry = call.fields, picture(call)
    in_c, out_c = integer(fields, "in_c"), integer(fields, "out_c")
    if geometry is None or in_c != 1 or geometry["stride_w"] > MOST_APART:
        return None
    if out_c > MOST_CHANNELS and out_c not in WIDE:
        return None
    pixels = places(geometry, in_c)
    if pixels is None or len(pixels) < LEAST:
        return None
    count, down = len(pixels), geometry["stride_h"] * geometry["in_w"]
    dense, wide = pixels[-1] == count - 1, out_c in WIDE
    rows = lookup.of_one_input(layer)
    many = dense and out_c == 1 and count >= AT_A_TIME and geometry["in_w"] % AT_ONCE == 0  # words, from any row on
    fours, rest = divmod(count, AT_A_TIME) if many else divmod(out_c, AT_ONCE)
    one = "_many" if many else "_one"
    return Call(
        FILE + ("_apart" if not dense else one if out_c == 1 else "_wide" if wide else ""),
        {
            "count": count, "fours": fours, "rest": rest, "step": LANES * out_c,
            "table": (rows if wide else rows.T).reshape(-1),
            "places": tuple(i * out_c * (not wide) for i in range(LANES)),
            "batches": geometry["batches"], "rows": geometry["out_h"], "columns": geometry["out_w"],
            "apart": geometry["stride_w"], "row": down,
            "picture": geometry["in_h"] * geometry["in_w"] - geometry["out_h"] * down,
        },
        scratch=0 if dense else count + LANES - 1,
        source=FILE,
    )  # fmt: skip
