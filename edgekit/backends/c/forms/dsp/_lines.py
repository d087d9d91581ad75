"""Where the samples of a fully connected layer lie, or the pixels of a 1x1 convolution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.reference.requantize import effective_scale, product_scale


@dataclass(frozen=True)
class Lines:
    """`images` images of `lines` lines of `samples` samples each, so many bytes apart as the steps say."""

    samples: int
    step: int
    lines: int = 1
    line_step: int = 0
    images: int = 1
    image_step: int = 0

    def fields(self, channels: int) -> dict[str, Value]:
        """Of the parameters of `pointwise_narrow_dsp` and `fully_connected_few_dsp`."""
        gap = self.line_step - self.samples * self.step if self.lines > 1 else 0
        return {"step": self.step, "lines": self.lines, "gap": gap, "outputs": self.samples * channels,
                "images": self.images, "image_step": self.image_step}  # fmt: skip


def of_samples(layer: Layer) -> Lines:
    """A fully connected layer's."""
    units, inputs = layer.input(1).shape
    return Lines(layer.outputs[0].elements // units, inputs)


def of_pixels(layer: Layer, call: Call) -> Lines | None:
    """Those that a convolution reads, in as few lines and images as there can be; None unless it is a 1x1 one."""
    f, x, w = call.fields, layer.input(0).shape, layer.input(1).shape
    if w[1:] != (1, 1, x[3]) or f["pad_top"] or f["pad_left"]:
        return None
    stride = int(f["stride_h"]), int(f["stride_w"])  # type: ignore[arg-type]
    (batches, height, width, channels), (_, out_h, out_w, _) = x, layer.outputs[0].shape
    samples, step, lines, line_step = out_w, stride[1] * channels, out_h, stride[0] * width * channels
    images, image_step = batches, height * width * channels
    if lines == 1 or image_step == lines * line_step:
        lines, line_step, images = lines * images, line_step if lines > 1 else image_step, 1
    if samples == 1 and lines > 1:
        samples, step, lines = lines, line_step, 1
    elif line_step == samples * step:
        samples, lines = samples * lines, 1
    return Lines(samples, step, lines, line_step, images, image_step)


Calls = Call | list[Call] | None
Kernel = Callable[[Layer, Call, NDArray[np.float64], Lines], Calls]  # with the layer's multipliers
Form = Callable[[Layer, Call], Calls]


def sample_form(kernel: Kernel) -> Form:
    """The form of fully connected layers whose samples a kernel takes."""

    def form(layer: Layer, call: Call) -> Calls:
        scale = effective_scale if call.fields["per_channel"] else product_scale
        return kernel(layer, call, scale(layer.input(0), layer.input(1), layer.outputs[0]), of_samples(layer))

    return form


def pixel_form(kernel: Kernel) -> Form:
    """The form of 1x1 convolutions whose pixels a kernel takes as samples."""

    def form(layer: Layer, call: Call) -> Calls:
        lines = of_pixels(layer, call)
        if lines is None:
            return None
        return kernel(layer, call, effective_scale(layer.input(0), layer.input(1), layer.outputs[0]), lines)

    return form
