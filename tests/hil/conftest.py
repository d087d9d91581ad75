"""Options of `pytest tests/hil`, and one start of the firmware per target and model, shared by all tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgekit.backends import c
from edgekit.backends.c import vehicle
from edgekit.backends.c.options import options_of
from edgekit.errors import EdgekitError
from edgekit.frontend import load
from edgekit.target import find_target
from tests.backends.graphs import small_int8

DEFAULT = ["host-c", "qemu-m4", "qemu-m55"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hardware in the loop")
    group.addoption("--target", action="append", help="an emulated target or host-c; may be repeated")
    group.addoption("--model", action="append", help="an int8 .tflite file beside the small network; may be repeated")
    group.addoption("--port", help="the serial port of a board on which the build of --build is flashed")
    group.addoption("--build", type=Path, help="the build folder of the firmware on the board")
    group.addoption("--place", help="a labgrid place: its board is leased for the run and used like --port")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "board" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    if option("--port", None) or option("--place", None):
        cases = [("board", "")]
    else:
        models = ["", *(option("--model", None) or [])]
        targets = option("--target", None) or DEFAULT
        try:
            for target in targets:
                find_target(target)
        except EdgekitError as error:
            raise pytest.UsageError(str(error)) from error
        cases = [(target, model) for target in targets for model in models]
    names = [f"{target}-{Path(model).stem or 'small'}" for target, model in cases]
    metafunc.parametrize("board", cases, indirect=True, ids=names, scope="package")


@pytest.fixture(scope="package")  # an emulator that waits for requests keeps a core busy
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[vehicle.Vehicle]:
    """A running firmware."""
    option = request.config.getoption
    port, place, target, model = option("--port", None), option("--place", None), *request.param
    if port or place:
        folder = option("--build", None)
        if folder is None:
            pytest.exit("--port and --place need --build FOLDER: the build that is flashed on the board", 2)
        if place:
            from edgekit.device.lease import lease

            with lease(place) as leased, vehicle.start(folder, leased) as found:
                yield found
            return
    else:
        folder = tmp_path_factory.mktemp("hil")
        build(target, model, folder)
    with vehicle.start(folder, port) as found:
        yield found


def build(name: str, model: str, folder: Path) -> None:
    """Build the small network or a model; skips where a tool is missing."""
    target = find_target(name)
    options = options_of(target)
    tools = [options.compiler, *(["qemu-system-arm"] if options.emulator else [])]
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"NOT RUN: {name} needs {', '.join(missing)}, see `edgekit doctor`")
    c.compile(load(model) if model else small_int8(), target, folder)
