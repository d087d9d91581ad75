"""How many instructions a form may take to save cycles: what edgekit promises of layers like its benchmark kernels.

Cycles are estimated, instructions are exact. Where forms are ranked by both, those beyond the budget stand behind
those within it, and those far beyond behind those near it. Windows, depthwise or dense, are of 3x3 taps; others have no
budget.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from edgekit.backends.c.call import Layer
from edgekit.backends.c.forms import FAMILY

KINDS = ("conv", "pointwise", "depthwise", "fully_connected")
PER_MAC: Mapping[str, Mapping[str, float]] = {  # 1.5 times what the kernels of `benchmarks/peers.toml` may take
    "dsp": dict(zip(KINDS, (1.35, 1.5, 3.3, 1.5), strict=True)),
    "mve": dict(zip(KINDS, (0.195, 0.27, 0.90, 0.225), strict=True)),
}
WINDOWS: Mapping[tuple[str, tuple[int, ...]], str] = {
    ("conv_2d", (3, 3)): "conv", ("conv_2d", (1, 1)): "pointwise", ("depthwise_conv_2d", (3, 3)): "depthwise",
}  # fmt: skip


def budget(layer: Layer) -> float:
    """Instructions; infinite where edgekit promises nothing."""
    per_mac = PER_MAC.get(FAMILY.get(layer.core, ""), {}).get(_kind(layer))
    return math.inf if per_mac is None else per_mac * layer.op.macs(layer.inputs, layer.outputs)


def _kind(layer: Layer) -> str:
    if layer.op.name == "fully_connected":
        return layer.op.name
    window = layer.input(1).shape[1:3] if len(layer.inputs) > 1 else ()
    return WINDOWS.get((layer.op.name, window), "")
