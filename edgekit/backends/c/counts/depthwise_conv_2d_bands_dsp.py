"""Depthwise convolution with the DSP instructions by one stream, in bands; the stream's instructions are counted."""

from __future__ import annotations

from edgekit.backends.c.counts._bands import equal_bands, filled
from edgekit.backends.c.counts._window import Fields, clamped
from edgekit.backends.c.counts.depthwise_conv_2d_stream_dsp import steps_of


def features(fields: Fields) -> dict[str, float]:
    batches, stream, groups = fields["batches"], fields["stream"], fields["groups"]
    parts = batches * sum(1 for _ in equal_bands(fields))
    steps = steps_of(stream[groups:].tolist(), stream[:groups].reshape(-1, 3).tolist()[:-1])
    return {
        "call": 1, "images": batches, "bands": parts, "steps": parts * steps, **filled(fields, equal_bands),
        **clamped(fields, batches * fields["out_h"] * fields["out_w"] * fields["out_c"]),
    }  # fmt: skip
