"""Fully connected layers of few outputs in all on Helium: one function a shape, without loops."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1}
