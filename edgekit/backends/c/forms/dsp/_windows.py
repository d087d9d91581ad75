"""Convolutions along one axis, whose windows are inputs that lie one after another."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._lines import Lines

SCRATCH = 1024  # bytes that lines may take, if an output does not need more
WORD = 4


@dataclass(frozen=True)
class Windows:
    """Lines of windows; sizes in bytes.

    Attributes:
        window, step, pad, size: of a window, from one to the next, before a line, of a line.
        columns: windows of a line.
    """

    window: int
    step: int
    pad: int
    size: int
    columns: int
    lines: int
    line_step: int
    images: int
    image_step: int

    @property
    def inside(self) -> bool:
        """Whether no window has padding."""
        return self.pad == 0 and (self.columns - 1) * self.step + self.window <= self.size

    @property
    def pixels(self) -> Lines:
        """Windows that have no padding as pixels."""
        lines, line_step, images = self.lines, self.line_step, self.images
        if lines == 1 or self.image_step == lines * line_step:
            lines, line_step, images = lines * images, line_step if lines > 1 else self.image_step, 1
        return Lines(self.columns, self.step, lines, line_step, images, self.image_step)

    @property
    def scratch(self) -> int:
        """Bytes that the kernel needs."""
        run, _, pitch = self._parts()
        return run * pitch

    def fields(self, channels: int) -> dict[str, Value]:
        """Of the parameters of `conv_1d_dsp`."""
        run, segment, pitch = self._parts()
        return {
            "step": self.step, "window": self.window, "pad": self.pad, "size": self.size, "images": self.images,
            "lines": self.lines, "columns": self.columns, "out_c": channels, "image_step": self.image_step,
            "line_step": self.line_step, "run": run, "segment": segment, "pitch": pitch,
        }  # fmt: skip

    def _parts(self) -> tuple[int, int, int]:
        """Lines that are brought to scratch together, windows of each, bytes from one to the next."""
        segment = self.columns
        while segment > 1 and self._pitch(segment) > SCRATCH:
            segment = -(-segment // 2)
        pitch = self._pitch(segment)
        whole = segment == self.columns
        return max(1, min(self.lines, SCRATCH // pitch)) if whole else 1, segment, pitch

    def _pitch(self, segment: int) -> int:
        """Of windows that are read in whole words, the first input at a multiple of 4."""
        before = -self.pad % WORD
        return -(-(before + (segment - 1) * self.step + max(WORD, self.window)) // WORD) * WORD


def of_layer(layer: Layer, call: Call) -> Windows | None:
    """Those of a convolution of one line, or as wide as the input; None of others, and of 1x1 ones."""
    f = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    (batches, height, width, channels), (_, out_h, out_w, _) = layer.input(0).shape, layer.outputs[0].shape
    _, kernel_h, kernel_w, in_c = layer.input(1).shape
    line, image = width * channels, height * width * channels
    if in_c != channels or kernel_h == kernel_w == 1:
        return None
    if kernel_h == 1 and f["pad_top"] == 0 and f["dilation_w"] == 1:
        step, pad = f["stride_w"] * channels, f["pad_left"] * channels
        return Windows(kernel_w * channels, step, pad, line, out_w, out_h, f["stride_h"] * line, batches, image)
    if (kernel_w, out_w, f["pad_left"]) == (width, 1, 0) and f["dilation_h"] == f["dilation_w"] == 1:
        return Windows(kernel_h * line, f["stride_h"] * line, f["pad_top"] * line, image, out_h, 1, 0, batches, image)
    return None
