"""1x1 convolutions of one input on Cortex-M4 and M55: what tables take at the least, and that no kernel takes less."""

from __future__ import annotations

from itertools import accumulate, combinations, product

import pytest

from benchmarks import bounds, bounds_table, sweep
from tests.firmware.proof import options_for


@pytest.mark.parametrize(
    ("channels", "of_pixel"),
    [(1, 2.75 + 1 / 52), (2, 2.5 + 2 / 52), (3, 2.75 + 3 / 52), (4, 2 + 4 / 52), (8, 3 + 8 / 52), (64, 4 + 64 / 52)],
)
def test_a_pixel(channels: int, of_pixel: float) -> None:
    assert bounds_table.on_dsp(channels, 100) == pytest.approx(12 + 100 * of_pixel)


@pytest.mark.parametrize(
    ("channels", "pixels", "found"),
    [
        (1, 144, 12 + 2 + 9 + 2),
        (8, 9, 12 + 5 + 3 + 1),
        (8, 17, 12 + 9 + 3 + 2),
        (8, 128, 12 + 1 + 64 + 10),
        (8, 1, 12 + 3),
        (64, 100, 12 + 1 + 150 + 58),
    ],
)
def test_on_helium(channels: int, pixels: int, found: int) -> None:
    assert bounds_table.on_helium(channels, pixels) == found


@pytest.mark.parametrize(
    ("channels", "pixels", "found"),
    [(3, 49, 12 + 3 * 7 + 3 + 4), (3, 16, 12 + 7 + 2), (3, 19, 12 + 7 + 7 + 2), (8, 9, 21), (1, 49, 12 + 1 + 4 + 1)],
)
def test_argued_on_helium(channels: int, pixels: int, found: int) -> None:
    assert bounds_table.argued_on_helium(channels, pixels) == found


@pytest.mark.parametrize("channels", bounds_table.ROWS)
def test_gathers_that_share_indices(channels: int) -> None:
    """Stored as they come, k of them bring at most 2 (k + 1) words of outputs, whatever pixel a lane is of.

    A lane has the places of a pixel in gathers that are less than a pixel's words apart. So those further apart share
    neither lanes nor places, and what they bring is a sum.
    """
    words, near = channels // 4, range(1, 4)
    most: dict[tuple[int, int], int] = {}
    for count, lanes in product(range(1, 2 * words), range(1, 5)):
        sets = list(combinations(range(4), lanes))
        starts = [[0, *accumulate(apart)] for apart in product(near, repeat=count - 1)]
        most[count, lanes] = max(
            _most([first + s for s in some], words, of) for some, of, first in product(starts, sets, range(words))
        )
    together = dict(most)  # of gathers in any places
    for _ in range(3):
        for ((n, a), x), ((m, b), y) in product(tuple(together.items()), most.items()):
            if a + b <= 4:
                together[n + m, a + b] = max(together.get((n + m, a + b), 0), x + y)
    assert all(found <= 2 * (count + 1) for (count, _), found in together.items())


def _most(starts: list[int], words: int, lanes: tuple[int, ...]) -> int:
    """Words of outputs in the places of their lanes, where a lane's index is of the best pixel."""
    found = {0}
    for lane in lanes:
        of_pixel: dict[int, int] = {}
        for place in (start + lane for start in starts):
            of_pixel[place // words] = of_pixel.get(place // words, 0) | 1 << place
        found = {one | more for one in found for more in of_pixel.values()}
    return max(map(int.bit_count, found))


@pytest.mark.parametrize("core", ["m4", "m55"])
def test_no_kernel_takes_less(core: str) -> None:
    options_for(f"qemu-{core}")
    some = [sweep.conv((1, 1), stride, 1, n, (side, side)) for n in (1, 2, 3, 4, 8, 10, 16, 64) for side, stride in
            ((12, 1), (13, 2), (1, 1))]  # fmt: skip
    some += [sweep.conv((1, 1), 2, 1, 8, (2, 2), 4), sweep.conv((3, 3), 1, 1, 8, (1, 1), 4)]
    found = sweep.sweep([layer for layer in some if layer is not None], core)
    assert core == "m55" or {f.kernel.startswith("pointwise_table") for f in found} == {True}
    assert not [f.layer.name for f in found if f.verdict == "BEATEN"]


def test_of_one_input_only() -> None:
    """Windows and more inputs have products."""
    for kernel, in_c in (((1, 1), 2), ((3, 3), 1)):
        layer = sweep.conv(kernel, 1, in_c, 8, (12, 12))
        assert layer is not None
        shape = layer.shape({kernel[0] * kernel[1]: 1})
        assert bounds.least("m4", shape) > 3.5 * layer.outputs and bounds.least("m55", shape) > layer.outputs
