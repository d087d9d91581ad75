"""PlatformIO without its registry: `python -m ci.offline_platformio BUILD_DIR [run|test]`.

The build folder's own platformio.ini is used but for what the registry would bring: the board's platform becomes
ci/platformio (this machine's compiler with the target's flags and memory map), the framework with its serial driver
becomes a bare core, and Unity a stand-in. What is built is the program whose sizes the manifest states.

The Python that runs this needs the packages `platformio` and `scons`.
"""

from __future__ import annotations

import argparse
import configparser
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent / "platformio"


def scons(core: Path) -> None:
    """The package `tool-scons`, made of the installed one. Its version is the one that PlatformIO asks for."""
    from platformio.dependencies import get_core_dependencies

    place = importlib.util.find_spec("SCons")
    if place is None or place.submodule_search_locations is None:
        sys.exit("error: SCons is not installed\nnext: pip install scons")
    version = get_core_dependencies()["tool-scons"].lstrip("~=^")
    folder = core / "packages" / "tool-scons"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "SCons"
    link.unlink(missing_ok=True)
    link.symlink_to(next(iter(place.submodule_search_locations)))
    (folder / "scons.py").write_text("from SCons.Script import main\n\nmain()\n")
    about = {"name": "tool-scons", "version": version, "description": importlib.metadata.version("scons")}
    (folder / "package.json").write_text(json.dumps(about))
    spec = {"owner": "platformio", "id": None, "name": "tool-scons", "requirements": None, "uri": None}
    (folder / ".piopm").write_text(json.dumps({"type": "tool", "name": "tool-scons", "version": version, "spec": spec}))
    (folder / ".piokeep").touch()


def platform(core: Path, project: Path, board: str | None) -> Path:
    """Our platform, with the board of the project described by its firmware.json."""
    folder = core / "edgekitoffline"
    shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.h"))
    (folder / "boards").mkdir(exist_ok=True)
    if board is not None:
        (folder / "boards" / f"{board}.json").write_text(json.dumps(_board(project), indent=2))
    return folder


def _board(project: Path) -> dict[str, Any]:
    facts = json.loads((project / "firmware.json").read_text())
    options = facts["options"]
    chosen = {"compiler": options["compiler"], "flags": options["flags"], "link": facts["link_flags"]}
    return {
        "name": project.name, "vendor": "", "url": "", "frameworks": [],
        "build": {"mcu": project.name, "f_cpu": "1000000L", "edgekit": chosen},
        "upload": {"maximum_size": options["map"]["code_length"], "maximum_ram_size": options["map"]["data_length"]},
    }  # fmt: skip


def configuration(core: Path, project: Path) -> Path:
    """The project's platformio.ini with everything replaced that comes from the registry."""
    ini = configparser.ConfigParser(interpolation=None)
    if not ini.read(project / "platformio.ini"):
        sys.exit(f"error: {project}: holds no platformio.ini\nnext: edgekit build MODEL --target nano33ble")
    section = ini[f"env:{ini['platformio']['default_envs']}"]
    board = section.get("board")
    section["platform"] = f"symlink://{platform(core, project, board)}"
    section.pop("framework", None)
    section["build_src_filter"] = section["build_src_filter"].replace("board_arduino.cpp", "board_bare.c")
    section["test_framework"] = "custom"
    section["build_flags"] += f" -I{HERE}"
    tests = core / "tests"
    shutil.rmtree(tests, ignore_errors=True)
    shutil.copytree(project / "test", tests / "test")
    shutil.copytree(project / "examples", tests / "examples")
    shutil.copy(HERE / "test_custom_runner.py", tests / "test")
    ini["platformio"]["test_dir"] = str(tests / "test")
    path = core / "offline.ini"
    with open(path, "w") as file:
        ini.write(file)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("project", type=Path, metavar="BUILD_DIR")
    parser.add_argument("verb", nargs="?", choices=("run", "test"), default="run")
    parser.add_argument("--core", type=Path, help="folder for PlatformIO's own files; a temporary one without")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        core = (given.core or Path(temporary)).resolve()
        project = given.project.resolve()
        scons(core)
        settings = configuration(core, project)
        environment = {**os.environ, "PLATFORMIO_CORE_DIR": str(core), "PLATFORMIO_SETTING_ENABLE_TELEMETRY": "no",
                       "PLATFORMIO_SETTING_CHECK_PLATFORMIO_INTERVAL": "9999"}  # fmt: skip
        command = [sys.executable, "-m", "platformio", given.verb, "-d", str(project), "-c", str(settings)]
        sys.exit(subprocess.run(command, env=environment).returncode)


if __name__ == "__main__":
    main()
