"""A layer as the GPU's kernels take it: the C backend's call, or one packed anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit import plugins
from edgekit.backends.c.call import Alias, Call, Value
from edgekit.backends.c.emission import calls_of
from edgekit.graph import Graph

CORE = "portable"  # the calls that are packed: their parameters are plain
NOWHERE = -32768  # the row of a unit that fills a filter up: outside of every image


@dataclass(frozen=True)
class Launch:
    """`ek_cuda_<kernel>(parameters, inputs..., outputs..., stream)`, from `firmware/cuda/src/<file>.cu`.

    Attributes:
        struct: the parameters' type. fields: by C++ member name; arrays become constants in the GPU's memory.
        inputs, listed: as in `edgekit.backends.c.call.Call`; the arrays of a listed call are read on the host.
    """

    kernel: str
    file: str
    struct: str
    fields: Mapping[str, Value]
    inputs: Sequence[int]
    listed: str = ""


def launches_of(graph: Graph, tensor_cores: bool) -> tuple[list[Call | Alias], list[Launch | None]]:
    """The calls, by which memory is planned, and what they are on the GPU (None for an alias), one per node.

    Raises:
        UnsupportedError: as `calls_of`.
    """
    calls = calls_of(graph, CORE)
    return calls, [None if isinstance(call, Alias) else launch_of(call, tensor_cores) for call in calls]


def launch_of(call: Call, tensor_cores: bool) -> Launch:
    """Packed by the module of its name in `pack/`, as it is without one."""
    packing = plugins.module("edgekit.backends.cuda.pack", call.kernel)
    if packing is None:
        return as_it_is(call)
    found: Launch = packing.pack(call, tensor_cores)
    return found


def as_it_is(call: Call) -> Launch:
    return Launch(call.kernel, call.file, f"ek_{call.file}_t", call.fields, call.inputs, call.listed)


def number(call: Call, name: str) -> int:
    value = call.fields[name]
    assert isinstance(value, int)
    return value


def array(call: Call, name: str) -> NDArray[np.int32]:
    value = call.fields[name]
    assert isinstance(value, np.ndarray)
    return value


def without_zero(call: Call, products: NDArray[np.int32]) -> NDArray[np.int32]:
    """The bias with the zero point's part of the sum taken out; `products`: sum of each filter's weights. Wraps."""
    wide = array(call, "bias").astype(np.int64) - number(call, "in_zero") * products.astype(np.int64)
    return wide.astype(np.uint64).astype(np.uint32).view(np.int32)


def taps(call: Call, unit: int, count: int) -> NDArray[np.int32]:
    """(count, 2): where each unit of `unit` channels of a filter (kernel_h, kernel_w, channels) finds its input, see
    `products.h`; units beyond the filter are nowhere."""
    kernel = number(call, "kernel_h"), number(call, "kernel_w")
    channels, width = number(call, "in_c"), number(call, "in_w")
    ky, kx, c = np.meshgrid(*map(np.arange, kernel), np.arange(0, channels, unit), indexing="ij")
    row, column = ky * number(call, "dilation_h"), kx * number(call, "dilation_w")
    found = np.empty((count, 2), np.int64)
    found[:] = NOWHERE * 65536, 0
    found[: c.size, 0] = (row * 65536 + column).ravel()
    found[: c.size, 1] = ((row * width + column) * channels + c).ravel()
    return found.astype(np.int32)


def window(call: Call, table: NDArray[np.int32]) -> dict[str, Value]:
    """The members of `ek_cuda_window_t`."""
    names = ("batches", "in_h", "in_w", "in_c", "out_h", "out_w", "stride_h", "stride_w", "pad_top", "pad_left")
    return {**{f"window.{name}": call.fields[name] for name in names}, "window.taps": table}
