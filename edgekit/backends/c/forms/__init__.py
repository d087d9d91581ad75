"""Forms of a kernel for a family of cores: `forms/<family>/<operator>.py` with `form(layer, call) -> Call | None`.

`call` is the portable kernel's; None keeps it. A form packs the weights, checks the preconditions of its tricks, and
says which file of `firmware/src/` computes the same integers faster. A second form of an operator is another file that
says `OPERATOR = "<operator>"`; it is taken where the first one's conditions do not hold.
"""

from __future__ import annotations

from edgekit import plugins
from edgekit.backends.c.call import Alias, Call, Layer

FAMILY = {"cortex-m4": "dsp", "cortex-m7": "dsp", "cortex-m33": "dsp", "cortex-m55": "mve"}


def choose(layer: Layer, call: Call | Alias) -> Call | Alias:
    """The form for the layer's core, or `call` itself where there is none."""
    family = FAMILY.get(layer.core)
    if isinstance(call, Alias) or family not in plugins.names(__name__):
        return call
    modules = plugins.modules(f"{__name__}.{family}")
    of_operator = [name for name, m in modules.items() if getattr(m, "OPERATOR", name) == layer.op.name]
    for name in sorted(of_operator, key=lambda name: name != layer.op.name):
        found: Call | None = modules[name].form(layer, call)
        if found is not None:
            return found
    return call
