"""Fused activations in float."""

from __future__ import annotations

import numpy as np

from edgekit.reference.simulator import Array


def clamp_float(x: Array, activation: str) -> Array:
    """x clamped by a fused activation, float32."""
    if activation == "none":
        return x.astype(np.float32, copy=False)
    low, high = {"relu": (0.0, np.inf), "relu6": (0.0, 6.0), "relu_n1_to_1": (-1.0, 1.0)}[activation]
    return np.clip(x, np.float32(low), np.float32(high)).astype(np.float32, copy=False)
