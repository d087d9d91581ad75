"""What the forms of pooling share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from edgekit.backends.c.call import Call, Value

SIZES = {(1, 2): "_two", (2, 1): "_two", (2, 2): "_four", (3, 3): "_nine"}  # windows with kernels of their own


@dataclass(frozen=True)
class Pool:
    """The fields of a call; a row whose windows are columns next to each other is one pixel of more channels."""

    fields: Mapping[str, Value]

    @staticmethod
    def of(call: Call) -> Pool:
        given = Pool(call.fields)
        apart = [given["kernel_w"] > 1, given["stride_w"] > 1, given["pad_left"] != 0, given["in_w"] != given["out_w"]]
        if any(apart):
            return given
        return Pool({**call.fields, "in_c": given["in_c"] * given["in_w"], "in_w": 1, "out_w": 1})

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
