"""1x1 convolutions of one input on Cortex-M4 and M55: what tables take at the least, and that no kernel takes less."""

from __future__ import annotations

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
    [(1, 144, 12 + 2 + 9 + 2), (8, 17, 12 + 1 + 9 + 2), (8, 128, 12 + 1 + 64 + 10), (64, 100, 12 + 1 + 200 + 58)],
)
def test_on_helium(channels: int, pixels: int, found: int) -> None:
    assert bounds_table.on_helium(channels, pixels) == found


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
