"""Targets: one TOML file per board or accelerator, found by its name.

Built-in targets lie in `targets/` of a checkout or in the wheel. Users add their own as files in `./targets` or in the
folders named by the environment variable EDGEKIT_TARGETS (separated like PATH); of two files of one name the later
folder's counts: built-in, then `./targets`, then EDGEKIT_TARGETS.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Collection
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import Field

from edgekit.errors import InputError, UsageError
from edgekit.recipe import Section, validated

MAX_BYTES = 1 << 18


class Memory(Section):
    """`[memory]`: bytes that the target has; None where it does not limit a model."""

    flash: int | None = Field(None, ge=0, description="for code and constants")
    ram: int | None = Field(None, ge=0, description="for activations and scratch")
    parameter_cache: int | None = Field(None, ge=0, description="on-chip memory for constants; more is streamed")


class Target(Section):
    """One target. Unknown keys are errors."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", description="the file's name without .toml")
    title: str
    backend: str = Field(description="name of a backend: a package in edgekit/backends or an entry point")
    vehicle: str = Field(description="what `edgekit run` runs the artifact on")
    vendor: str = ""
    about: str = ""
    source: str = Field("", description="address of the vendor's documentation")
    verify: tuple[str, ...] = Field((), description="runtimes of edgekit.runtimes that the model is proven against")
    clock_hz: int | None = Field(None, ge=1, description="of the core, where the vendor states one for the board")
    memory: Memory = Memory()
    options: dict[str, Any] = Field(
        default_factory=dict, description="defaults for `[target.NAME]` of the recipe, checked by the backend"
    )

    def with_options(self, options: dict[str, Any]) -> Target:
        """A copy whose options are overridden by those of a recipe."""
        return self.model_copy(update={"options": {**self.options, **options}})

    @property
    def striped(self) -> bool:
        """Whether layers may run stripe by stripe, so that no activation need be there whole."""
        return self.options.get("optimize") == "ram" or self.options.get("ram_limit") is not None


def builtin_folder() -> Path:
    """The folder of the targets that come with edgekit: the wheel's, or the checkout's. Raises InputError."""
    wheel = Path(str(resources.files("edgekit"))) / "data" / "targets"
    checkout = Path(__file__).resolve().parents[1] / "targets"
    for folder in (wheel, checkout):
        if folder.is_dir():
            return folder
    raise InputError("edgekit", "its targets are missing from this installation", "install edgekit again")


def folders() -> list[Path]:
    """Where targets are looked for, least important first."""
    named = [Path(part) for part in os.environ.get("EDGEKIT_TARGETS", "").split(os.pathsep) if part]
    for folder in named:
        if not folder.is_dir():
            raise InputError("EDGEKIT_TARGETS", f"{folder} is no folder", "correct or unset the variable")
    here = Path("targets")
    return [builtin_folder(), *([here] if here.is_dir() else []), *named]


def load_target(path: Path) -> Target:
    """Read one target file.

    Raises:
        InputError: it cannot be read, is no TOML or breaks a rule; the message names the key.
    """
    try:
        raw = path.read_bytes()[: MAX_BYTES + 1]
        if len(raw) > MAX_BYTES:
            raise InputError(str(path), f"is larger than {MAX_BYTES} bytes", "is this a target?")
        values = tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(str(path), f"is not valid TOML: {error}") from error
    if "name" in values:
        raise InputError(f"{path}: name", "is not written in the file", "a target is called as its file is")
    target: Target = validated(Target, {**values, "name": path.stem}, str(path))
    return target


def load_targets() -> dict[str, Target]:
    """All targets by name. Raises InputError for a bad file in any of the folders."""
    found = {path.stem: path for folder in folders() for path in sorted(folder.glob("*.toml"))}
    return {name: load_target(found[name]) for name in sorted(found)}


def find_target(name: str) -> Target:
    """The target of that name. Raises UsageError for an unknown one."""
    targets = load_targets()
    if name not in targets:
        raise unknown_target(name, targets)
    return targets[name]


def unknown_target(name: str, known: Collection[str]) -> UsageError:
    """The error that names those that are spelled alike first."""
    close = difflib.get_close_matches(name, known, cutoff=0.7)
    meant = f"did you mean {' or '.join(close)}? " if close else ""
    return UsageError(f"target {name}", "is unknown", f"{meant}known: {', '.join(known)}")
