"""Forms of a kernel for a family of cores: `forms/<family>/<operator>.py` with `form(layer, call)`.

`call` is the portable kernel's. A form packs the weights, checks the preconditions of its tricks, and says which file
of `firmware/src/` computes the same integers faster: a Call, several of them that differ in blocking or in what they
trade (the best first), or None where its conditions do not hold. A second form of an operator is another file that
says `OPERATOR = "<operator>"`. Forms are for int8 activations unless the file says `TYPE = "int16"`.
"""

from __future__ import annotations

from edgekit import plugins
from edgekit.backends.c.call import Alias, Call, Layer

FAMILY = {"cortex-m4": "dsp", "cortex-m7": "dsp", "cortex-m33": "dsp", "cortex-m55": "mve"}


def candidates(layer: Layer, call: Call | Alias) -> list[Call | Alias]:
    """All calls that compute the layer on its core, the portable one last."""
    family = FAMILY.get(layer.core)
    if isinstance(call, Alias) or family not in plugins.names(__name__):
        return [call]
    found: list[Call | Alias] = []
    modules = plugins.modules(f"{__name__}.{family}")
    of_operator = [
        name
        for name, m in modules.items()
        if getattr(m, "OPERATOR", name) == layer.op.name and getattr(m, "TYPE", "int8") == layer.input(0).dtype
    ]
    for name in sorted(of_operator, key=lambda name: name != layer.op.name):
        made = modules[name].form(layer, call)
        found += [made] if isinstance(made, Call) else made or []
    return [*found, call]
