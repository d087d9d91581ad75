"""Pooling with the DSP instructions: the simulator's integers for every kind of window, and where the forms end."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.dsp.average_pool_2d import FRACTION, LARGEST_WINDOW
from edgekit.graph.operator import Padding
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.pools import cases, halves_away, kernels_of, pool_graph

CASES = cases("cortex-m4")


def test_every_kernel_is_proven() -> None:
    found = Counter(kernel for case in CASES for kernel in kernels_of(case.graph, "cortex-m4")[case.candidate :][:1])
    for kernel in ("max_pool_2d_two", "max_pool_2d_four", "max_pool_2d_nine", "max_pool_2d",
                   "average_pool_2d_two", "average_pool_2d_four", "average_pool_2d"):  # fmt: skip
        assert found[f"{kernel}_dsp"] >= 6, found


@pytest.mark.parametrize(
    ("kind", "shape", "window", "expected"),
    [
        ("max", (1, 6, 6, 4), (2, 2), ["max_pool_2d_four_dsp", "max_pool_2d_dsp", "max_pool_2d"]),
        ("max", (1, 6, 6, 3), (2, 2), ["max_pool_2d"]),
        ("max", (1, 6, 6, 3), (2, 3), ["max_pool_2d"]),
        ("max", (1, 6, 6, 8), (2, 3), ["max_pool_2d_dsp", "max_pool_2d"]),
        ("average", (1, 6, 6, 4), (2, 2), ["average_pool_2d_four_dsp", "average_pool_2d_dsp", "average_pool_2d"]),
        ("average", (1, 6, 6, 4), (1, 2), ["average_pool_2d_two_dsp", "average_pool_2d_dsp", "average_pool_2d"]),
        ("average", (1, 6, 6, 4), (1, 4), ["average_pool_2d_four_dsp", "average_pool_2d_dsp", "average_pool_2d"]),
        ("average", (1, 6, 6, 4), (3, 3), ["average_pool_2d_dsp", "average_pool_2d"]),
        ("average", (1, 6, 6, 3), (2, 2), ["average_pool_2d"]),
        ("average", (1, 15, 17, 4), (15, 17), ["average_pool_2d_dsp", "average_pool_2d"]),
        ("average", (1, 16, 16, 4), (16, 16), ["average_pool_2d"]),
    ],
)
def test_where_forms_end(kind: str, shape: tuple[int, ...], window: tuple[int, int], expected: list[str]) -> None:
    assert kernels_of(pool_graph(kind, shape, window, window), "cortex-m4") == expected


@pytest.mark.parametrize(("padding", "turned"), [("valid", True), ("same", False)])
def test_columns_are_rows(padding: Padding, turned: bool) -> None:
    """Windows of one column, next to each other: a row's channels are those of a pixel, a column's pixels a row."""
    graph = pool_graph("max", (1, 8, 5, 3), (2, 1), (2, 1), padding)
    call = candidates_of(graph, graph.nodes[0], "cortex-m4")[0]
    assert isinstance(call, Call) and call.kernel == "max_pool_2d_two_dsp"
    assert call.fields["in_c"] == 15
    sizes = [call.fields[name] for name in ("in_h", "in_w", "out_h", "out_w", "kernel_h", "kernel_w")]
    assert sizes == ([1, 8, 1, 4, 1, 2] if turned else [8, 1, 4, 1, 2, 1])
    assert kernels_of(pool_graph("max", (1, 8, 5, 3), (2, 1), (2, 2)), "cortex-m4") == ["max_pool_2d"]


def test_quotients_of_all_sums() -> None:
    """What the kernel multiplies by is right for every sum of every window."""
    for count in range(1, LARGEST_WINDOW + 1):
        sums = np.arange(-128 * count, 127 * count + 1)
        found = ((sums * ((1 << FRACTION) // count + 1) >> 16) + 128) >> 8
        np.testing.assert_array_equal(found, halves_away(sums, count), str(count))
    assert LARGEST_WINDOW * 128 < 1 << 15 <= (LARGEST_WINDOW + 1) * 128
