"""Depthwise convolution by 4x4 patches: places and filters of `depthwise_conv_2d_patches_mve.c`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._halves import halfwords
from edgekit.backends.c.forms.mve._once import once
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

FILE, ONCE, ODD = (f"depthwise_conv_2d_patches{name}_mve" for name in ("", "_once", "_odd"))
PATCH, FRACTION = 4, 2  # bits of the latter are in EK_ONCE_2
OUTPUTS = 8  # an iteration
GROUP = 64  # bytes of a word of 16 channels
ROOM = 10 * 1024  # bytes of scratch that bands may take, unless two rows take more
LARGEST_OFFSET = (1 << 16) - 1
KEPT = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "pad_top", "pad_left", "in_zero", "out_zero", "low", "high",
)  # fmt: skip


def patches(call: Call) -> list[Call]:
    """The forms of a portable depthwise `call`, by one multiplication first; none where a condition does not hold."""
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    kernel, stride = (of("kernel_h"), of("kernel_w")), of("stride_h")
    plain = of("depth_multiplier") == 1 and stride == of("stride_w")
    plain &= all(of(f"dilation_{side}") == 1 or kernel[i] == 1 for i, side in enumerate("hw"))
    small = max(kernel) <= (3 if stride == 1 else PATCH) and of("pad_left") <= 2 and of("in_w") >= 2
    if not plain or not small or stride not in (1, 2):
        return []
    out_h, out_w, channels = of("out_h"), of("out_w"), of("in_c")
    step = 3 - stride  # outputs of a patch in each direction
    words, pairs = -(-out_w // step), -(-out_h // step)
    most = max(1, min(ROOM // (2 * GROUP * words) - 1, (LARGEST_OFFSET // channels // out_w + 1) // step))
    bands = -(-pairs // most)
    pairs = -(-pairs // bands)
    band = out_h if bands == 1 else pairs * step
    places = order(band, out_w, stride)
    if places is None or (int(places.max()) * channels) > LARGEST_OFFSET:
        return []
    rows = 2 * (pairs - 1) + kernel[0] + step - 1
    if of("pad_top") >= rows or (out_h - band) * stride - of("pad_top") >= of("in_h"):
        return []  # a band without a row of the image
    beyond = len(places) * OUTPUTS // step**2 - pairs * words
    found = fold(fields, np.asarray(fields["weights"]).reshape(-1, channels).T)
    whole = bands == 1 and (of("in_h"), of("in_w")) == (out_h, out_w)
    line = once(fields, found, FRACTION)
    filters = {FILE: pack(found, kernel, np.where(halfwords(found, of("out_zero")), found.second, 0))}
    if line is not None:
        filters = {ONCE: pack(line[0], kernel, np.ones_like(line[0].second)), **filters}
    common = {
        **{name: fields[name] for name in KEPT}, "stride": stride, "band": band, "pairs": pairs, "rows": rows,
        **_columns(of("in_w"), of("pad_left"), words - (out_w % 2 if stride == 1 else 0)),
    }  # fmt: skip

    def made(name: str, words: int, columns: int, places: NDArray[np.int64], groups: int) -> Call:
        return Call(
            name,
            {
                **common, "words": words, "iterations": len(places) - columns, "columns": columns,
                "places": (places * channels).astype(np.uint16).reshape(-1),
                "filters": filters[ONCE if name == ODD else name],
            },
            scratch=groups * GROUP,
            in_place=(0,) if whole else (),
            source=FILE,
        )  # fmt: skip

    calls = [made(name, words, 0, places, 2 * (pairs + 1) * words + beyond) for name in filters]
    main, last = order(band, out_w - 1, 1, out_w), last_column(band, out_w)
    if line is not None and stride == 1 and out_w % 2 and main is not None and last is not None:
        beside = max(2 * (pairs + 1), OUTPUTS * len(last) + 2)  # words of the last column, some that are only read
        both = np.concatenate([main, last])
        calls.insert(0, made(ODD, words - 1, len(last), both, 2 * (pairs + 1) * (words - 1) + beside))
    return calls


def _columns(width: int, left: int, words: int) -> dict[str, int]:
    """How the words of a row, each two pixels after the last, meet the image: a word's new pixels are its last two."""
    inner = max(0, min(words, (width + left - 2) // 2))
    return {"inner": inner, "outer": words - inner, "half": int(2 * (inner + 1) - left < width)}


def order(height: int, width: int, stride: int, pitch: int = 0) -> NDArray[np.int64] | None:
    """(iterations, 8) places (row * `pitch`, else `width`, + column) of the outputs in the order of lanes.

    Patches are walked backwards, 8 outputs at a time; what is computed too much goes to the first places, which come
    last. None where the right value would not be the last one written to every place, or where lanes of one iteration
    differ about a place: the order within a scattered store is left open.
    """
    step = 3 - stride
    if width < step:
        return None
    each, words = step**2, -(-width // step)
    iterations = -(-(-(-height // step) * words * each) // OUTPUTS)
    made = []
    for patch, output in _walked(iterations, each):
        row = step * (patch // words) + output // step
        column = min(step * (patch % words), width - step) + output % step
        made.append(((row if row < height else min(row % step, height - 1)) * (pitch or width) + column, row < height))
    return _right(made, height * width)


def last_column(height: int, width: int) -> NDArray[np.int64] | None:
    """The same of the last column alone, of whose patches two outputs are taken."""
    made = []
    for patch, output in _walked(-(-height // OUTPUTS), 2):
        row = 2 * patch + output
        made.append(((row if row < height else min(row % 2, height - 1)) * width + width - 1, row < height))
    return _right(made, height)


def _walked(iterations: int, each: int) -> Iterator[tuple[int, int]]:
    """Patches, `each` with so many outputs, and which of these, lane by lane."""
    for k, lane in product(range(iterations), range(OUTPUTS)):
        output = lane % 2 * (OUTPUTS // 2) + lane // 2  # even lanes have the first half of the sums
        yield (iterations - k) * (OUTPUTS // each) - 1 - output // each, output % each


def _right(made: list[tuple[int, bool]], outputs: int) -> NDArray[np.int64] | None:
    """A table of places, with whether what goes there is right; None where not every output ends with what is."""
    last: dict[int, tuple[int, bool]] = {}
    for i, (place, right) in enumerate(made):
        before = last.get(place)
        if before is not None and before[0] == i // OUTPUTS and before[1] != right:
            return None
        last[place] = (i // OUTPUTS, right)
    complete = len(last) == outputs and all(right for _, right in last.values())
    return np.array([place for place, _ in made]).reshape(-1, OUTPUTS) if complete else None


def pack(found: Folded, kernel: tuple[int, int], second: NDArray[np.int64]) -> NDArray[np.int32]:
    """A channel: bias, multiplier, `second` multiplier and 0, or 0 and the shift; then its kernel as 4x4.

    The kernel moved down a row begins with that 0.
    """
    wide = np.zeros((len(found.bias), PATCH, PATCH), np.int8)
    wide[:, : kernel[0], : kernel[1]] = found.weights.reshape(-1, *kernel)
    constants = np.stack([found.bias, found.multiplier, second, np.where(second == 0, found.shift, 0)], 1)
    return np.concatenate([constants.astype(np.int32), wide.reshape(-1, PATCH**2).view("<i4")], 1).reshape(-1)
