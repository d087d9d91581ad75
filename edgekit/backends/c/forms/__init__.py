"""Forms of a kernel for a family of cores: `forms/<family>/<operator>.py` with `form(layer, call)`.

`call` is the portable kernel's. A form packs the weights, checks the preconditions of its tricks, and says which file
of `firmware/src/` computes the same integers faster: a Call, several of them that differ in blocking or in what they
trade (the best first), or None where its conditions do not hold. A second form of an operator is another file that
says `OPERATOR = "<operator>"`; a form of a kernel that several operators have says `KERNEL = "<kernel>"`. Forms are for
int8 activations unless the file says `TYPE = "int16"`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType

from edgekit import plugins
from edgekit.backends.c.call import Alias, Call, Layer
from edgekit.backends.c.table import of_one_value

LOOKUP = "lookup"
FAMILY = {"cortex-m4": "dsp", "cortex-m7": "dsp", "cortex-m33": "dsp", "cortex-m55": "mve"}


def candidates(layer: Layer, call: Call | Alias) -> list[Call | Alias]:
    """All calls that compute the layer on its core, the portable one last."""
    if isinstance(call, Alias):
        return [call]
    family = FAMILY.get(layer.core)
    modules = plugins.modules(f"{__name__}.{family}") if family in plugins.names(__name__) else {}
    table = None if call.kernel == LOOKUP else of_one_value(layer)
    tables = [*_forms(layer, table, _of_kernel(modules, LOOKUP)), table] if table else []
    of_operator = [
        name
        for name, m in modules.items()
        if getattr(m, "OPERATOR", name) == layer.op.name and getattr(m, "TYPE", "int8") == layer.input(0).dtype
    ]
    of_operator.sort(key=lambda name: name != layer.op.name)
    named = [*(modules[name] for name in of_operator), *_of_kernel(modules, call.kernel)]
    return [*tables, *_forms(layer, call, named), call]


def _of_kernel(modules: Mapping[str, ModuleType], kernel: str) -> list[ModuleType]:
    return [m for m in modules.values() if getattr(m, "KERNEL", "") == kernel]


def _forms(layer: Layer, call: Call, modules: Sequence[ModuleType]) -> list[Call]:
    made = [m.form(layer, call) for m in modules]
    return [c for some in made for c in ([some] if isinstance(some, Call) else some or [])]
