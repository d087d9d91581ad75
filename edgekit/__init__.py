"""edgekit: train on the host, prove it bit for bit, ship it to every edge device.

    import edgekit

    graph = edgekit.load("model.tflite")
    outputs = edgekit.simulate(graph, {"input": images})
    assert edgekit.verify(graph).exact

The functions live in `edgekit.api` and are imported when they are first used (PEP 562): `import edgekit` is cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgekit.api import analyze, build, debug, improve, load, quantize, simulate, verify

__version__ = "0.1.0"
__all__ = ["__version__", "analyze", "build", "debug", "improve", "load", "quantize", "simulate", "verify"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from edgekit import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
