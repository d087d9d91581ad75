"""What the forms of pooling share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.graph.ops._pool import Pool2D

SIZES = {
    (1, 2): "_two",
    (2, 1): "_two",
    (2, 2): "_four",
    (1, 4): "_four",
    (3, 3): "_nine",
}  # windows with kernels of their own


@dataclass(frozen=True)
class Pool:
    """The fields of a call. A row whose windows are columns next to each other is one pixel of more channels, and a
    column of pixels is a row of them, as in memory."""

    fields: Mapping[str, Value]

    @staticmethod
    def of(layer: Layer, call: Call) -> Pool:
        assert isinstance(layer.op, Pool2D)
        pool = Pool(call.fields)
        if pool["kernel_w"] > 1 or pool["stride_w"] > 1 or pool["pad_left"] != 0 or pool["in_w"] != pool["out_w"]:
            return pool
        fields = {**pool.fields, "in_c": pool["in_c"] * pool["in_w"], "in_w": 1, "out_w": 1}
        if layer.op.padding == "valid":  # else a tile has padding of its own, above and below
            fields |= {f"{name}_w": pool[f"{name}_h"] for name in ("in", "out", "kernel", "stride")}
            fields |= {"in_h": 1, "out_h": 1, "kernel_h": 1, "stride_h": 1}
        return Pool(fields)

    def __getitem__(self, name: str) -> int:
        value = self.fields[name]
        assert isinstance(value, int | np.integer)
        return int(value)

    @property
    def window(self) -> tuple[int, int]:
        return self["kernel_h"], self["kernel_w"]

    @property
    def values(self) -> int:
        """Of a window that is all inside."""
        return self["kernel_h"] * self["kernel_w"]

    def call(self, kernel: str, source: str) -> Call:
        return Call(kernel, self.fields, source=source)
