"""One family of exceptions for everything a user can cause and mend.

Each error names the place, the rule that was broken with the value found, and the next step. The command line prints
them without a traceback and ends with the class's `exit_code`; anything else that escapes is a bug in edgekit.
"""

from __future__ import annotations


class EdgekitError(Exception):
    """Base of all user-facing errors.

    Args:
        where: the file, layer, recipe key or device concerned.
        what: the rule and the value found.
        fix: what to do next; empty where nothing sensible can be said.
    """

    exit_code = 1

    def __init__(self, where: str, what: str, fix: str = "") -> None:
        super().__init__(where, what, fix)
        self.where, self.what, self.fix = where, what, fix

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" ({self.fix})" if self.fix else "")

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.where, self.what, self.fix)


class VerificationError(EdgekitError):
    """A proof or a limit failed: differing integers, accuracy below the recipe's limit."""

    exit_code = 1


class UsageError(EdgekitError):
    """The command line asks for something contradictory or unknown."""

    exit_code = 2


class InputError(EdgekitError):
    """A model, data set, recipe or array file is malformed, truncated, hostile or missing."""

    exit_code = 3


class UnsupportedError(EdgekitError):
    """The model is well formed but an operator, type or shape is not supported here or by the target."""

    exit_code = 4


class ToolError(EdgekitError):
    """A compiler, runtime, Python package or device that this verb needs is absent, too old, or failed."""

    exit_code = 5


class RefusedError(ToolError):
    """A compiler or runtime that is here, and of the right version, refuses a model or fails on it."""


class MachineError(EdgekitError):
    """The machine got in the way: disk full, no permission, out of memory."""

    exit_code = 6
