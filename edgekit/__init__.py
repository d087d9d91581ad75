"""edgekit: train on the host, prove it bit for bit, ship it to every edge device."""

from __future__ import annotations

__version__ = "0.1.0"
