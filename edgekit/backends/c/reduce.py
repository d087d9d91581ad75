"""What the emitters of reductions share."""

from __future__ import annotations

from math import prod

from edgekit.backends.c.call import Call, Layer, padded


def reduce(layer: Layer, axes: tuple[int, ...], multiplier: int, shift: int) -> Call:
    x, y = layer.input(0), layer.outputs[0]
    steps = [prod(x.shape[d + 1 :]) for d in range(len(x.shape))]
    kept = [d for d in range(len(x.shape)) if d not in axes]
    fields = {"outputs": y.elements, "terms": x.elements // y.elements}
    fields |= {"in_zero": x.zero_point, "multiplier": multiplier, "shift": shift, "out_zero": y.zero_point}
    return Call(
        "reduce",
        {
            **fields,
            "dims": padded([x.shape[d] for d in kept], 1),
            "strides": padded([steps[d] for d in kept], 0),
            "reduced_dims": padded([x.shape[d] for d in axes], 1),
            "reduced_strides": padded([steps[d] for d in axes], 0),
        },
    )
