"""Scratch memory that kernels share and use again: large temporaries cost more to map than to fill."""

from __future__ import annotations

import threading
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_local = threading.local()
BYTES = 1 << 21  # how large the kernels make one buffer: measured best of 2^17 to 2^21


def workspace(slot: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """An uninitialized array in this thread's buffer `slot`; the next call with the same slot overwrites it.

    Never return it from a kernel.
    """
    size = prod(shape) * np.dtype(dtype).itemsize
    buffers: dict[str, NDArray[np.uint8]] = _local.__dict__.setdefault("buffers", {})
    if slot not in buffers or buffers[slot].size < size:
        buffers[slot] = np.empty(size, np.uint8)
    return buffers[slot][:size].view(dtype).reshape(shape)


def samples_at_once(bytes_per_sample: int, count: int) -> int:
    """How many samples a kernel takes at once so that its largest buffer stays near `BYTES`."""
    return max(1, min(count, BYTES // max(1, bytes_per_sample)))
