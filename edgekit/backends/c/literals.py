"""Numbers, arrays and arguments as both C and CUDA C++ write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

C_TYPES = {"int8": "int8_t", "uint8": "uint8_t", "int16": "int16_t", "uint16": "uint16_t", "int32": "int32_t",
           "int64": "int64_t", "float32": "float", "bool": "uint8_t"}  # fmt: skip
PER_LINE = 24  # values of an array


def comment(text: str) -> str:
    """A model's own words, harmless inside a C comment or string."""
    return re.sub(r"[^ -~]|\*/|/\*|\\|\?\?|\"", "_", text)


def real(value: float | np.floating) -> str:
    """A float32 as a C99 and C++ literal that reads back as the same float32."""
    text = f"{float(value):.9g}"
    return f"{text}f" if "." in text or "e" in text else f"{text}.0f"


def integer(value: int, dtype: np.dtype[Any]) -> str:
    if value == np.iinfo(dtype).min and dtype.itemsize >= 4:
        return f"({value + 1} - 1)"  # C has no negative literals: -2147483648 would be of a wider type
    return str(value)


def number(value: int | float) -> str:
    """A member of a kernel's parameters: float or int32_t."""
    return real(value) if isinstance(value, float) else integer(int(value), np.dtype(np.int32))


def values(data: NDArray[Any]) -> list[str]:
    """All values of an array, some in a line."""
    texts = [real(v) if data.dtype.kind == "f" else integer(int(v), data.dtype) for v in data.reshape(-1)]
    return [", ".join(texts[i : i + PER_LINE]) for i in range(0, len(texts), PER_LINE)]


def arguments(listed: str, inputs: Sequence[str], outputs: Sequence[str]) -> tuple[list[str], list[str]]:
    """Lines before the call of a kernel, and its pointers; listed: as in `edgekit.backends.c.call.Call`."""
    if listed == "inputs":
        return [f"const void *const inputs[] = {{{', '.join(inputs)}}};"], ["inputs", *outputs]
    if listed == "outputs":
        return [f"void *const outputs[] = {{{', '.join(outputs)}}};"], [*inputs, "outputs"]
    return [], [*inputs, *outputs]


class Arrays:
    """Constant arrays by content, each written once: the tiles of a layer share its weights."""

    def __init__(self, write: Callable[[str, NDArray[Any]], None]) -> None:
        self.write = write
        self.bytes = 0
        self.names: dict[tuple[str, bytes], str] = {}

    def name(self, wanted: str, data: NDArray[Any]) -> str:
        """The name of an array of these values: of one that is there already, or `wanted`, which is written."""
        key = (data.dtype.str, data.tobytes())
        if key not in self.names:
            self.names[key] = wanted
            self.bytes += data.nbytes
            self.write(wanted, data)
        return self.names[key]
