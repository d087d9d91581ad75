"""Sliding windows over NHWC arrays, shared by convolutions and pools."""

from __future__ import annotations

from typing import Any

from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from edgekit.graph.operator import window_padding
from edgekit.reference.workspace import workspace

Array = NDArray[Any]


def pad_for(
    x: Array, kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int], output: tuple[int, int],
    value: float,
) -> Array:  # fmt: skip
    """x (N, H, W, C) with the border that windows of `kernel` need to give `output` (Ho, Wo), filled with `value`.

    The result is x itself or lies in the workspace: it is to be read, and before the next call.
    """
    (top, bottom), (left, right) = (
        window_padding(x.shape[1 + i], kernel[i], stride[i], dilation[i], output[i]) for i in range(2)
    )
    if not (top or bottom or left or right):
        return x
    n, h, w, c = x.shape
    padded = workspace("padded", (n, top + h + bottom, left + w + right, c), x.dtype)
    padded.fill(value)
    padded[:, top : top + h, left : left + w] = x
    return padded


def windows(
    x: Array, kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int], output: tuple[int, int]
) -> Array:
    """A view (N, Ho, Wo, Kh, Kw, C) of a padded x (N, H, W, C); nothing is copied."""
    sn, sh, sw, sc = x.strides
    return as_strided(
        x,
        (x.shape[0], *output, *kernel, x.shape[3]),
        (sn, sh * stride[0], sw * stride[1], sh * dilation[0], sw * dilation[1], sc),
        writeable=False,
    )
