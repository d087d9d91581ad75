"""A layer as the GPU's kernels take it: the C backend's call, or one packed anew."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from edgekit import plugins
from edgekit.backends.c.call import Alias, Call, Value
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.project import firmware_folder
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Node

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
    named = zip(graph.nodes, calls, strict=True)
    return calls, [None if isinstance(c, Alias) else launch_of(node, c, tensor_cores) for node, c in named]


def launch_of(node: Node, call: Call, tensor_cores: bool) -> Launch:
    """Packed by the module of its name in `pack/`, as it is without one.

    Raises:
        UnsupportedError: there is no such CUDA kernel.
    """
    packing = plugins.module("edgekit.backends.cuda.pack", call.kernel)
    found: Launch = as_it_is(call) if packing is None else packing.pack(call, tensor_cores)
    if found.kernel not in kernels():
        raise UnsupportedError(f"layer {node.name} ({node.op.name})", f"has no CUDA kernel {found.kernel}")
    return found


@cache
def kernels() -> frozenset[str]:
    """Names of the kernels that are declared in `kernels.h`."""
    declared = firmware_folder() / "cuda" / "include" / "edgekit" / "cuda" / "kernels.h"
    return frozenset(re.findall(r"^void ek_cuda_(\w+)\(", declared.read_text("utf-8"), re.MULTILINE))


def as_it_is(call: Call) -> Launch:
    return Launch(call.kernel, call.file, f"ek_{call.file}_t", call.fields, call.inputs, call.listed)


def constant_bytes(graph: Graph, launches: Sequence[Launch | None]) -> int:
    """Bytes of weights and tables in the GPU's memory; equal ones are stored once."""
    found: dict[tuple[str, bytes], int] = {}
    for node, launch in zip(graph.nodes, launches, strict=True):
        if launch is not None:
            operands = [t.data for i in launch.inputs if (t := graph.node_inputs(node)[i]) is not None]
            for data in (*launch.fields.values(), *operands):
                if isinstance(data, np.ndarray):
                    found[data.dtype.str, data.tobytes()] = data.nbytes
    return sum(found.values())


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
