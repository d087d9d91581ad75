"""The kinds of tools and how each is found: Python packages, programs, shared libraries."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Protocol

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from edgekit.errors import ToolError

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 20  # seconds that a program may take to tell its version
_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True)
class Found:
    """A tool that is here: its version, empty where it tells none, and its place."""

    version: str
    place: str


class Tool(Protocol):
    """What a declaration offers."""

    @property
    def purpose(self) -> str: ...
    @property
    def fits(self) -> str: ...
    @property
    def install(self) -> str: ...
    @property
    def required(self) -> bool: ...
    def find(self) -> Found | None: ...
    def accepts(self, version: str) -> bool: ...


@dataclass(frozen=True)
class Package:
    """A Python package. Which versions fit and how it is installed follow from edgekit's own requirements."""

    distribution: str
    purpose: str

    @property
    def fits(self) -> str:
        return str(_requirement(self.distribution)[0].specifier)

    @property
    def required(self) -> bool:
        return not _requirement(self.distribution)[1]

    @property
    def install(self) -> str:
        extra = _requirement(self.distribution)[1]
        name = f"[{extra}]" if extra else ""
        if (ROOT / "constraints.txt").is_file():
            return f'pip install -c constraints.txt -e ".{name}"'
        return f'pip install "edgekit{name}"'

    def find(self) -> Found | None:
        try:
            found = metadata.distribution(self.distribution)
        except metadata.PackageNotFoundError:
            return None
        return Found(found.version, str(found.locate_file("")))

    def accepts(self, version: str) -> bool:
        return _within(version, self.fits)


@dataclass(frozen=True)
class Program:
    """An executable on the PATH; `arguments` make it tell its version."""

    executable: str
    purpose: str
    install: str
    fits: str = ""
    arguments: tuple[str, ...] = ("--version",)
    required: bool = False

    def find(self) -> Found | None:
        path = shutil.which(self.executable)
        if path is None:
            return None
        try:
            command = [path, *self.arguments]
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL, errors="replace"
            )
        except (OSError, subprocess.SubprocessError):
            return Found("", path)
        match = _VERSION.search(done.stdout + done.stderr)
        return Found(match.group() if match else "", path)

    def accepts(self, version: str) -> bool:
        return _within(version, self.fits)


@dataclass(frozen=True)
class Library:
    """A shared library in the places that the dynamic linker knows."""

    soname: str
    purpose: str
    install: str
    fits: str = ""
    required: bool = False

    def find(self) -> Found | None:
        linker = shutil.which("ldconfig") or "/sbin/ldconfig"
        try:
            listed = subprocess.run([linker, "-p"], capture_output=True, text=True, timeout=TIMEOUT).stdout
        except (OSError, subprocess.SubprocessError):
            return None
        for line in listed.splitlines():
            name, _, path = line.strip().partition(" => ")
            if name.split(" ")[0] == self.soname:
                return Found("", path)
        return None

    def accepts(self, version: str) -> bool:
        return True


def _within(version: str, fits: str) -> bool:
    """Whether a version fits; one that cannot be told is given the benefit of the doubt."""
    try:
        return not version or SpecifierSet(fits).contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True


def require(tool: Tool, name: str) -> Found:
    """The tool, or one clear line.

    Raises:
        ToolError: it is absent, or of a version that does not fit.
    """
    found = tool.find()
    if found is None:
        raise ToolError(name, "is not installed", tool.install)
    if not tool.accepts(found.version):
        raise ToolError(name, f"must be {tool.fits}, found {found.version}", tool.install)
    return found


@cache
def _requirements() -> dict[str, tuple[Requirement, str]]:
    """edgekit's requirements by package, with the extra that each belongs to: of the checkout, else of the wheel."""
    project = ROOT / "pyproject.toml"
    if project.is_file():
        with open(project, "rb") as file:
            declared = tomllib.load(file)["project"]
        extras = declared["optional-dependencies"]
        pairs = [(Requirement(r), extra) for extra, group in extras.items() for r in group]
        pairs += [(Requirement(r), "") for r in declared["dependencies"]]
    else:
        parsed = [Requirement(r) for r in metadata.requires("edgekit") or ()]
        pairs = [(r, _extra(r.marker)) for r in parsed]
    return {canonicalize_name(requirement.name): (requirement, extra) for requirement, extra in pairs}


def _extra(marker: Marker | None) -> str:
    match = re.search(r"""extra == ["']([^"']+)""", str(marker or ""))
    return match.group(1) if match else ""


def _requirement(distribution: str) -> tuple[Requirement, str]:
    """Raises KeyError for a package that is in none of edgekit's requirements."""
    return _requirements()[canonicalize_name(distribution)]
