"""Windows of convolutions and pools: ONNX's pads against TensorFlow's SAME and VALID."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.operator import Padding, window_output, window_padding

Pair = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A sliding window over (H, W): pads as ((top, bottom), (left, right)), `extra` the overhang of ceil_mode."""

    kernel: Pair
    stride: Pair
    dilation: Pair
    pads: tuple[Pair, Pair]
    extra: Pair
    size: Pair

    @property
    def padding(self) -> Padding | None:
        """`same` or `valid` where the pads say just that for this input size, else None."""
        total = tuple((b, e + x) for (b, e), x in zip(self.pads, self.extra, strict=True))
        if not any(map(any, total)):
            return "valid"
        for axis in range(2):
            args = (self.size[axis], self.kernel[axis], self.stride[axis], self.dilation[axis])
            output = window_output(*args, "same")
            if window_padding(*args, output) != total[axis] or self.output[axis] != output:
                return None
        return "same"

    @property
    def output(self) -> Pair:
        return cast(Pair, tuple(
            (self.size[i] + sum(self.pads[i]) + self.extra[i] - self.dilation[i] * (self.kernel[i] - 1) - 1)
            // self.stride[i] + 1 for i in range(2)))  # fmt: skip

    @property
    def border(self) -> tuple[Pair, ...]:
        """Pads of all four NHWC dimensions, overhang included."""
        sides = tuple((b, e + x) for (b, e), x in zip(self.pads, self.extra, strict=True))
        return ((0, 0), *sides, (0, 0))


def window(importer: Importer, node: OnnxNode, kernel: Pair) -> Window:
    """The node's window. Raises InputError when attributes are impossible."""
    shape = importer.shape(node.inputs[0])
    if len(shape) != 4:
        raise node.unsupported(f"takes images (N, C, H, W) or signals (N, C, L), found {len(shape)} dimensions")
    size = (shape[2], shape[3])
    stride = cast(Pair, tuple(node.integers("strides", [1, 1], 2)))
    dilation = cast(Pair, tuple(node.integers("dilations", [1, 1], 2)))
    node.require(min(*kernel, *stride, *dilation) >= 1, "kernel, strides and dilations must be positive")
    node.require(max(*kernel, *stride, *dilation) < 1 << 16, "kernel, strides and dilations must be small")
    auto = node.attribute("auto_pad", "NOTSET")
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        pads = []
        for i in range(2):
            total = max((-(-size[i] // stride[i]) - 1) * stride[i] + extent[i] - size[i], 0)
            small = total // 2
            pads.append((small, total - small) if auto == "SAME_UPPER" else (total - small, small))
    elif auto in ("NOTSET", "VALID"):
        p = node.integers("pads", [0, 0, 0, 0], 4) if auto == "NOTSET" else [0, 0, 0, 0]
        node.require(min(p) >= 0 and max(p) < 1 << 16, "pads must not be negative nor giant", p)
        pads = [(p[0], p[2]), (p[1], p[3])]
    else:
        raise node.unsupported(f"auto_pad {auto!r:.20} is unknown")
    extra = [0, 0]
    for i in range(2):
        room = size[i] + sum(pads[i]) - extent[i]
        node.require(room >= 0, "the window must fit into the padded input", f"window {extent[i]}, input {size[i]}")
        if node.attribute("ceil_mode", 0) and room % stride[i]:
            last = (room // stride[i] + 1) * stride[i]
            if last < size[i] + pads[i][0]:  # a window must not start in the padding behind the input
                extra[i] = last - room
    return Window(kernel, stride, dilation, (pads[0], pads[1]), (extra[0], extra[1]), size)


def fit(importer: Importer, node: OnnxNode, tensor: str, area: Window) -> tuple[str, Padding]:
    """The NHWC tensor and the padding that give the window's zero padding: SAME where equal, else a pad node."""
    from edgekit.graph.ops.pad import Pad

    if area.padding is not None:
        return tensor, area.padding
    return importer.emit(Pad(area.border), [tensor], f"{node.outputs[0]}_padded"), "valid"
