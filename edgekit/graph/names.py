"""Names for people."""

from __future__ import annotations


def brief(name: str) -> str:
    """The first of the names that TensorFlow's converter joined by `;`."""
    return name.split(";", 1)[0] or name
