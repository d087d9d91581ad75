"""Average pooling, `firmware/src/pool_2d_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._requantize import integer

LARGEST_WINDOW = 255  # times 128, and a half of it, fits a halfword


def form(layer: Layer, call: Call) -> Call | None:
    """None where sums do not fit the kernel's halfwords."""
    if integer(call.fields, "kernel_h") * integer(call.fields, "kernel_w") > LARGEST_WINDOW:
        return None
    return Call("average_pool_2d_mve", call.fields, source="pool_2d_mve")
