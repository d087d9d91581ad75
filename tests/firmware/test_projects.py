"""One build folder as a CMake, Zephyr, Arduino and PlatformIO project: built by those of them that are here."""

from __future__ import annotations

import configparser
import dataclasses
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgekit import backends
from edgekit.backends.c import toolchain
from edgekit.backends.c.options import options_of
from edgekit.errors import UnsupportedError
from edgekit.target import Memory, Target, load_targets
from tests.cli.conftest import small_graph

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {name: target for name, target in load_targets().items() if target.backend == "c"}
BOARDS = [name for name, target in TARGETS.items() if target.options.get("harness") == "bare"]
CATEGORIES = ("Display", "Communication", "Signal Input/Output", "Sensors", "Device Control", "Timing", "Data Storage",
              "Data Processing", "Other")  # fmt: skip


def needs(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def call(*command: object, cwd: Path | None = None) -> str:
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compile_small(name: str, folder: Path) -> backends.Artifact:
    folder.mkdir(parents=True, exist_ok=True)
    artifact: backends.Artifact = backends.backend("c").compile(small_graph(), TARGETS[name], folder)
    return artifact


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nano33ble")
    compile_small("nano33ble", folder)
    return folder


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_is_compiled_and_linked_against_its_memory_map(name: str, tmp_path: Path) -> None:
    needs(str(TARGETS[name].options["compiler"]))
    artifact = compile_small(name, tmp_path)
    assert artifact.compiled is True
    assert any("NOT RUN on the board" in note for note in artifact.notes)
    memory, facts = TARGETS[name].memory, artifact.facts
    assert memory.flash is not None and facts["constant_bytes"] < facts["text_bytes"] < memory.flash
    assert memory.ram is not None and facts["arena_bytes"] < facts["bss_bytes"] < memory.ram
    places = options_of(TARGETS[name]).map
    assert places is not None and (places.code_length, places.data_length) == (memory.flash, memory.ram)


def test_a_model_that_does_not_fit_is_refused_before_compiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def never(*_: object) -> None:
        raise AssertionError("the compiler was called")

    monkeypatch.setattr(toolchain, "build", never)
    small = Target.model_copy(TARGETS["pico"], update={"memory": Memory(flash=32 << 10, ram=(9 << 10) + 54)})
    ram, flash = backends.backend("c").check(small_graph(), small)
    found = re.fullmatch(r"([\d,]+) bytes \((\d+) of arena, 72 of input\) of 9,270: (\d+) too many", ram.found)
    assert found is not None, ram.found
    need, arena, over = (int(word.replace(",", "")) for word in found.groups())
    assert arena >= 72 + 36 and need == 9216 + arena + 72 and over == need - 9270
    share = 54 / (arena + 72)
    assert f"shrink to {share:.0%}: input height and width to {share**0.5:.0%}," in ram.fix and "features" in ram.fix
    assert "it would fit nano33ble, pico" in ram.fix
    assert "of 32,768" in flash.found and "weights with 72 bytes" in flash.fix
    with pytest.raises(UnsupportedError, match="2 rejections by pico"):
        backends.backend("c").compile(small_graph(), small, tmp_path)
    assert backends.backend("c").check(small_graph(), TARGETS["pico"]) == []


def test_the_arduino_library_keeps_the_specification(project: Path) -> None:
    lines = (project / "library.properties").read_text().splitlines()
    properties = dict(line.split("=", 1) for line in lines)
    for key in ("name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url", "architectures"):
        assert properties[key], key
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,62}", properties["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", properties["version"]) and properties["category"] in CATEGORIES
    assert all((project / "src" / header).is_file() for header in properties["includes"].split(","))
    # src/ is compiled recursively and is the only folder on the include path: what it includes must lie there.
    assert not (project / "utility").exists() and not list(project.glob("*.cpp"))
    for path in (project / "src").rglob("*.[ch]"):
        text = path.read_text()
        assert not re.search(r"\bmain\s*\(|\bsetup\s*\(|\bloop\s*\(", text), path
        for name in re.findall(r'#include "([^"]+)"', text):
            assert (project / "src" / name).is_file() or (path.parent / name).is_file(), (path, name)
    for sketch in (project / "examples").iterdir():  # a sketch is called as its folder is
        assert (sketch / f"{sketch.name}.ino").is_file() and not list(sketch.glob("*.c"))


def test_library_json_names_what_is_there(project: Path) -> None:
    library = json.loads((project / "library.json").read_text())
    assert re.fullmatch(r"[^@:;/]{1,100}", library["name"]) and re.fullmatch(r"\d+\.\d+\.\d+", library["version"])
    assert (project / library["build"]["srcDir"] / library["headers"][0]).is_file()


@pytest.mark.parametrize("name", TARGETS)
def test_platformio_ini_is_what_its_registry_knows(name: str, tmp_path: Path) -> None:
    compile_small(name, tmp_path)
    ini = configparser.ConfigParser(interpolation=None)
    ini.read(tmp_path / "platformio.ini")
    section = ini[f"env:{ini['platformio']['default_envs']}"]
    wanted = TARGETS[name].options.get("platformio", {"platform": "native"})
    assert {key: section[key] for key in wanted} == wanted
    assert ("framework" in section) == ("board" in section) == (wanted["platform"] != "native")
    for pattern in re.findall(r"\+<([^>]+)>", section["build_src_filter"]):
        assert list(tmp_path.glob(pattern)), pattern
    assert len(list((tmp_path / "test").glob("test_*/test_*.cpp"))) == 1


def test_cmake_builds_the_golden_program_and_it_notices_a_wrong_byte(project: Path, tmp_path: Path) -> None:
    needs("cmake")
    call("cmake", "-S", project, "-B", tmp_path / "own")
    call("cmake", "--build", tmp_path / "own")
    assert "100% tests passed" in call("ctest", "--test-dir", tmp_path / "own")
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    header = copy / "examples" / "golden" / "golden_vectors.h"
    text = header.read_text()
    at = text.index("golden_outputs[GOLDEN_VECTORS]")
    changed = re.sub(r"\{\n  \{(\d+)", lambda m: "{\n  {" + str(int(m[1]) ^ 1), text[at:], count=1)
    header.write_text(text[:at] + changed)
    call("cmake", "-S", copy, "-B", tmp_path / "wrong")
    call("cmake", "--build", tmp_path / "wrong")
    done = subprocess.run([tmp_path / "wrong" / "golden"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "1 of 72 bytes differ\n")


ARDUINO_H = """\
#include <stddef.h>
#include <stdint.h>
struct Port {
  void begin(unsigned long);
  size_t write(uint8_t);
  int available();
  int read();
  size_t print(const char *);
  size_t print(uint32_t);
  size_t println(unsigned long);
};
extern Port Serial;
unsigned long micros();
void delay(unsigned long);
void setup();
void loop();
"""


@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4", "cortex-m7", "cortex-m33"])
def test_what_needs_an_arduino_core_is_sound_cpp(core: str, project: Path, tmp_path: Path) -> None:
    """The cores themselves are not here; what the harness, the sketch and the test use of them is declared instead."""
    needs("arm-none-eabi-g++")
    (tmp_path / "Arduino.h").write_text(ARDUINO_H)
    (tmp_path / "sketch.cpp").write_text(
        f'#include <Arduino.h>\n#include "{project / "examples" / "golden" / "golden.ino"}"\n'
    )
    flags = [f"-mcpu={core}", "-mthumb", "-Wall", "-Wextra", "-Werror", "-O2", "-c", "-DARDUINO=10819"]
    rooms = [f"-I{folder}" for folder in (tmp_path, project / "src", project / "harness", ROOT / "ci" / "platformio")]
    for source in (project / "harness" / "board_arduino.cpp", project / "test/test_golden/test_golden.cpp"):
        call("arm-none-eabi-g++", *flags, *rooms, source, "-o", tmp_path / f"{source.stem}.o")
    call("arm-none-eabi-g++", *flags, *rooms, tmp_path / "sketch.cpp", "-o", tmp_path / "sketch.o")
    symbols = call("arm-none-eabi-nm", tmp_path / "board_arduino.o")
    assert ("SystemCoreClock" in symbols) == (core != "cortex-m0plus")


APP = """\
cmake_minimum_required(VERSION 3.13)
project(app C CXX)
{before}
add_subdirectory({folder} model)
add_executable(app app.cpp)
target_link_libraries(app PRIVATE {library})
"""
APP_CPP = """\
#include <model.h>
#include "{golden}"
int main() {{
  static model_arena_t arena;
  return golden_differing(&arena, GOLDEN_VECTORS - 1) != 0;
}}
"""
ZEPHYR = """\
set(CONFIG_EDGEKIT_MODEL y)
macro(zephyr_include_directories)
  include_directories(${ARGV})
  set(includes ${ARGV})
endmacro()
macro(zephyr_library_named name)
  set(library ${name})
endmacro()
macro(zephyr_library_compile_options)
endmacro()
macro(zephyr_library_sources)
  add_library(${library} STATIC ${ARGV})
  target_include_directories(${library} PUBLIC ${includes})
endmacro()
"""


@pytest.mark.parametrize("way", ["cmake", "zephyr"])
def test_an_application_in_cpp_links_the_model(way: str, project: Path, tmp_path: Path) -> None:
    """Zephyr itself is not here: its functions are stood in for, so that module and sources are what is tested."""
    needs("cmake")
    values = {
        "cmake": {"before": "", "folder": project, "library": "edgekit::model"},
        "zephyr": {"before": ZEPHYR, "folder": project / "zephyr", "library": "edgekit_model"},
    }
    (tmp_path / "CMakeLists.txt").write_text(APP.format(**values[way]))
    golden = project / "examples" / "golden" / "golden_vectors.h"
    (tmp_path / "app.cpp").write_text(APP_CPP.format(golden=golden))
    call("cmake", "-S", tmp_path, "-B", tmp_path / "build")
    call("cmake", "--build", tmp_path / "build")
    call(tmp_path / "build" / "app")


def test_the_zephyr_module_is_where_zephyr_looks(project: Path) -> None:
    module = (project / "zephyr" / "module.yml").read_text()
    assert re.search(r"^name: \w+$", module, re.M) and re.search(r"^build:\n  cmake: zephyr\n  kconfig: ", module, re.M)
    assert (project / "zephyr" / "CMakeLists.txt").is_file()
    assert (project / "zephyr" / "Kconfig").read_text().startswith("config EDGEKIT_MODEL\n\tbool ")


LIBRARY_INI = "[env:host]\nplatform = symlink://{platform}\nlib_deps = symlink://{library}\n"
PREPARE = (
    "import sys, pathlib as p, ci.offline_platformio as o; c = p.Path(sys.argv[1]); o.scons(c); o.platform(c, c, None)"
)


@pytest.fixture(scope="module")
def platformio(request: pytest.FixtureRequest) -> Iterator[str]:
    """A Python with PlatformIO and SCons: this one, or that of an environment kept in pytest's cache."""
    if importlib.util.find_spec("platformio") and importlib.util.find_spec("SCons"):
        yield sys.executable
        return
    folder = Path(request.config.cache.mkdir("platformio")) / "venv"
    python = folder / "bin" / "python"
    if not (folder / "ready").is_file():
        venv.create(folder, with_pip=True, clear=True)
        packages = ["platformio", "scons", "-c", str(ROOT / "constraints.txt")]
        done = subprocess.run([python, "-m", "pip", "install", "-q", *packages], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"PlatformIO cannot be installed: {done.stderr.strip()[-200:]}")
        (folder / "ready").touch()
    yield str(python)


def test_pio_run_builds_what_the_manifest_states(platformio: str, project: Path, tmp_path: Path) -> None:
    needs("arm-none-eabi-gcc")
    said = call(platformio, "-m", "ci.offline_platformio", project, "--core", tmp_path, cwd=ROOT)
    assert "[SUCCESS]" in said
    facts = json.loads((project / "firmware.json").read_text())
    image = project / ".pio" / "build" / "nano33ble" / "firmware.elf"
    found = dataclasses.astuple(toolchain.sizes(image, options_of(TARGETS["nano33ble"])))
    assert found == (facts["text_bytes"], facts["data_bytes"], facts["bss_bytes"])
    assert f"(used {facts['text_bytes'] + facts['data_bytes']} bytes" in said


def test_pio_test_runs_the_golden_vectors(platformio: str, tmp_path: Path) -> None:
    folder = tmp_path / "host-c"
    compile_small("host-c", folder)
    said = call(platformio, "-m", "ci.offline_platformio", folder, "test", "--core", tmp_path / "core", cwd=ROOT)
    assert "2 test cases: 2 succeeded" in said


def test_the_folder_is_a_platformio_library(platformio: str, project: Path, tmp_path: Path) -> None:
    core = tmp_path / "core"
    call(platformio, "-c", PREPARE, core, cwd=ROOT)
    (tmp_path / "src").mkdir()
    golden = project / "examples" / "golden" / "golden_vectors.h"
    (tmp_path / "src" / "main.cpp").write_text(APP_CPP.format(golden=golden))
    (tmp_path / "platformio.ini").write_text(
        LIBRARY_INI.format(platform=core / "edgekitoffline", library=project)
    )  # fmt: skip
    environment = {**os.environ, "PLATFORMIO_CORE_DIR": str(core), "PLATFORMIO_SETTING_ENABLE_TELEMETRY": "no"}
    command = [platformio, "-m", "platformio", "run", "-d", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "edgekit_small @" in done.stdout, done.stdout + done.stderr
    call(tmp_path / ".pio" / "build" / "host" / "program")
