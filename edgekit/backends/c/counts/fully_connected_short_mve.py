"""Fully connected layers of few inputs on Helium: one function a shape."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    kernel = str(fields["kernel"])
    if kernel.endswith("8n"):
        return {"call": 1, "blocks": fields["units"] // 8}
    return {"call": 1} if "_one_" in kernel or "_four_" in kernel else {"call": 1, "samples": fields["batches"]}
