"""What several operators share."""

from __future__ import annotations

from typing import Any

from edgekit.export.onnx.writer import NATURAL, NCHW, TO_NCHW, Layout, Writer
from edgekit.graph import Node
from edgekit.graph.operator import window_padding


def unary(writer: Writer, node: Node, kind: str, *extra: str, **attributes: Any) -> None:
    """A function of each value: in whatever layout the input is."""
    layout = writer.layout(node.inputs[0])
    writer.output(node.outputs[0], kind, [writer.value(node.inputs[0], layout), *extra], layout, **attributes)


def binary(writer: Writer, node: Node, kind: str) -> None:
    """Two operands that broadcast: channels first when all are images and one of them is so already."""
    tensors = [writer.graph.tensors[str(name)] for name in node.inputs]
    images = all(t.is_constant or len(t.shape) == 4 for t in tensors)
    layout: Layout = NCHW if images and NCHW in map(writer.layout, node.inputs) else NATURAL
    rank = len(writer.graph.tensors[node.outputs[0]].shape)
    values = [writer.value(name, layout, rank) for name in node.inputs]
    writer.output(node.outputs[0], kind, values, layout, getattr(node.op, "activation", "none"))


def window_pads(
    size: tuple[int, ...], window: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...],
    output: tuple[int, ...], padding: str,
) -> list[int]:  # fmt: skip
    """ONNX `pads` [top, left, bottom, right] of sizes (H, W)."""
    if padding == "valid":
        return [0, 0, 0, 0]
    ends = [window_padding(size[i], window[i], stride[i], dilation[i], output[i]) for i in range(2)]
    return [ends[0][0], ends[1][0], ends[0][1], ends[1][1]]


def pool(writer: Writer, node: Node, kind: str, **attributes: Any) -> None:
    """A pool over (H, W); padding does not count."""
    op: Any = node.op
    x, y = writer.graph.tensors[str(node.inputs[0])], writer.graph.tensors[node.outputs[0]]
    pads = window_pads(x.shape[1:3], op.window, op.stride, (1, 1), y.shape[1:3], op.padding)
    writer.output(
        y.name, kind, [writer.value(x.name, NCHW)], NCHW, op.activation,
        kernel_shape=op.window, strides=op.stride, pads=pads, **attributes,
    )  # fmt: skip


def axis_in(layout: Layout, axis: int) -> int:
    """Where a natural axis is in `layout`."""
    return TO_NCHW.index(axis) if layout == NCHW else axis


def reduction(writer: Writer, node: Node, kind: str, axes_are_input: bool) -> None:
    """Over axes; the output is channels first when it is still an image."""
    import numpy as np

    op: Any = node.op
    layout = writer.layout(node.inputs[0])
    if (
        not op.keep_dims
        and layout == NCHW
        and len(writer.graph.tensors[node.outputs[0]].shape) > 1
        and not {
            1,
            2,
        }
        <= set(op.axes)
    ):
        layout = NATURAL  # what stays would be in another order
    axes = sorted(axis_in(layout, axis) for axis in op.axes)
    inputs = [writer.value(node.inputs[0], layout)]
    attributes: dict[str, Any] = {"keepdims": int(op.keep_dims)}
    if axes_are_input:
        inputs.append(writer.constant(np.array(axes, np.int64), "axes"))
    else:
        attributes["axes"] = axes
    writer.output(node.outputs[0], kind, inputs, layout if op.keep_dims else NATURAL, **attributes)


def resize(writer: Writer, node: Node, mode: str, **attributes: Any) -> None:
    """To a fixed size."""
    import numpy as np

    op: Any = node.op
    x = writer.graph.tensors[str(node.inputs[0])]
    place = "align_corners" if op.align_corners else "half_pixel" if op.half_pixel_centers else "asymmetric"
    sizes = writer.constant(np.array([x.shape[0], x.shape[3], *op.size], np.int64), "sizes")
    writer.output(
        node.outputs[0], "Resize", [writer.value(x.name, NCHW), "", "", sizes], NCHW,
        moved=x.name, mode=mode, coordinate_transformation_mode=place, **attributes,
    )  # fmt: skip
