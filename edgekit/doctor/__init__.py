"""What edgekit can use and whether it is here: one declaration per tool, a file in `doctor/tools/` with `TOOL`."""

from __future__ import annotations

import platform
from dataclasses import dataclass

import edgekit
from edgekit import plugins
from edgekit.doctor.probe import Found, Tool

__all__ = ["Examination", "Found", "State", "Tool", "examine"]


@dataclass(frozen=True)
class State:
    """One tool on this machine.

    Attributes:
        name: its file in `doctor/tools/`, with hyphens; `purpose`: what edgekit uses it for.
        state: `ok`, `absent` or `unfit` (there, but another version than the one needed).
        version: empty where unknown; `fits`: versions that fit, empty for any; `place`: where it was found.
        install: the command or address that brings it; `required`: whether edgekit cannot work without.
    """

    name: str
    purpose: str
    state: str
    version: str
    fits: str
    place: str
    install: str
    required: bool


@dataclass(frozen=True)
class Examination:
    edgekit: str
    python: str
    platform: str
    tools: tuple[State, ...]

    @property
    def healthy(self) -> bool:
        """Whether all that edgekit cannot work without is here and fits."""
        return all(tool.state == "ok" for tool in self.tools if tool.required)


def examine() -> Examination:
    """Look for every declared tool. Nothing is imported or changed; programs are asked for their version."""
    found = [_state(name, module.TOOL) for name, module in plugins.modules("edgekit.doctor.tools").items()]
    found.sort(key=lambda tool: (not tool.required, tool.name))
    return Examination(edgekit.__version__, platform.python_version(), platform.platform(), tuple(found))


def _state(name: str, tool: Tool) -> State:
    found = tool.find()
    state = "absent" if found is None else "ok" if tool.accepts(found.version) else "unfit"
    found = found or Found("", "")
    return State(
        name.replace("_", "-"), tool.purpose, state, found.version, tool.fits, found.place, tool.install, tool.required
    )
