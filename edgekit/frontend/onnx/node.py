"""One ONNX node with its attributes as Python values, and the errors that name it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edgekit.errors import InputError, UnsupportedError


@dataclass(frozen=True)
class OnnxNode:
    """A node of the ONNX graph.

    Attributes:
        op: the operator type as ONNX spells it.
        inputs, outputs: value names; "" for an absent optional one.
        attributes: by name; strings decoded, tensors as arrays.
        opset: version of the operator's domain.
    """

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    opset: int = 13
    domain: str = ""

    @property
    def where(self) -> str:
        """How messages name the node."""
        return f"node {self.name or (self.outputs[0] if self.outputs else '?')} ({self.op})"

    @property
    def file(self) -> str:
        """Name of the handler's module: the operator in snake case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", self.op).lower()

    def has(self, index: int) -> bool:
        """Whether input `index` is given."""
        return index < len(self.inputs) and self.inputs[index] != ""

    def attribute(self, name: str, default: Any) -> Any:
        """An attribute of the default's type (int, float, str or list). Raises InputError for another type."""
        value = self.attributes.get(name, default)
        if default is not None and not isinstance(value, type(default)):
            raise InputError(self.where, f"attribute {name} must be {type(default).__name__}, found {value!r:.60}")
        return value

    def integers(self, name: str, default: list[int] | None, length: int | None = None) -> list[int]:
        """A list of integers, of `length` where given; None as default means required."""
        value = self.attributes.get(name, default)
        good = isinstance(value, list) and all(isinstance(v, int) for v in value)
        if not good or (length is not None and len(value) != length):
            wanted = f"{length} integers" if length is not None else "integers"
            raise InputError(self.where, f"attribute {name} must be {wanted}, found {value!r:.60}")
        return list(value)

    def require(self, condition: bool, rule: str, found: Any = None) -> None:
        """InputError naming the node unless `condition`: for what the ONNX standard itself demands."""
        if not condition:
            raise InputError(self.where, rule if found is None else f"{rule}, found {found}")

    def unsupported(self, what: str, fix: str = "") -> UnsupportedError:
        """The error for what is legal ONNX but not supported here."""
        return UnsupportedError(self.where, what, fix)
