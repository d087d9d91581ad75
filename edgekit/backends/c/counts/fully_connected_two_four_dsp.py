"""Fully connected layers of four samples and two outputs with the DSP instructions, without loops."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1}
