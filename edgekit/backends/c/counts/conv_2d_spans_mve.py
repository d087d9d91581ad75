"""Convolution of rows of one or two spans on Helium: sums of a channel, then its outputs in eights."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields
from edgekit.backends.c.forms.mve.conv_2d_spans import BLOCK, SHAPES


def features(fields: Fields) -> dict[str, float]:
    channels, pictures = fields["channels"], fields["batches"]
    shape = next(shape for shape in SHAPES if fields["kernel"].endswith(f"mve_{shape.name}"))
    planes, several = pictures * channels, channels > 1
    outputs = (fields["out_step"] + channels * several) // channels
    return {  # lines: those of three rows of windows, beside the first and the last one
        "call": 1, "pictures": pictures - 1, "planes": planes, "planes_of_several": planes * several,
        "lines": planes * (outputs // (len(shape.spans) * shape.outputs) - 2), "eights": planes * (outputs // BLOCK),
        "scattered": planes * (outputs // BLOCK) * several, "rests": planes * (outputs % BLOCK > 0),
    }  # fmt: skip
