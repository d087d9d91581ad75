"""Runtimes that execute a `.tflite` on this host: the peers the simulator is proven against. One file each.

A file offers `ARITHMETIC` (the named arithmetic that predicts it), `version() -> str` and `Session`, made from the
bytes of a `.tflite`, whose `run(inputs) -> outputs` takes and returns integer or float arrays by tensor name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from edgekit import plugins
from edgekit.errors import UsageError

Array = NDArray[Any]


class Session(Protocol):
    """A loaded model."""

    def __init__(self, data: bytes) -> None: ...

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]: ...


class Runtime(Protocol):
    """What a file of this package offers."""

    ARITHMETIC: str
    Session: type[Session]

    def version(self) -> str: ...


def names() -> list[str]:
    return [name.replace("_", "-") for name in plugins.names(__name__)]


def runtime(name: str) -> Any:
    """The runtime of that name. Raises UsageError for an unknown one; a missing package shows when it is used."""
    module = plugins.module(__name__, name.replace("-", "_"))
    if module is None:
        raise UsageError("runtime", f"no runtime is named {name!r}", f"known: {', '.join(names())}")
    return module
