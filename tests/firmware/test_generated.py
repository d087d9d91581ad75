"""The C itself: strict warnings with two compilers, C++, no library calls, several models in one program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ci.layer_draw import Draw
from ci.layer_samples import samplers
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms import FAMILY
from edgekit.backends.c.generate import generate
from edgekit.backends.c.project import firmware_folder
from edgekit.errors import UsageError
from tests.firmware.cases import OPERATORS, chain_cases, operator_cases, wide_cases
from tests.firmware.proof import first_forms
from tests.firmware.shapes import layer_graph
from tests.firmware.test_kernels_s16 import EMITTED, conversions
from tests.firmware.test_kernels_s16 import cases as s16_cases

STRICT = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wsign-conversion", "-Wshadow")
LIBRARY = {"memcpy", "memset", "memmove", "_GLOBAL_OFFSET_TABLE_"}  # a compiler may turn the former into the latter


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of every operator, and with them every kernel."""
    folder = tmp_path_factory.mktemp("generated")
    for operator in OPERATORS:
        for case in operator_cases(operator, 0, 2):
            generate(case.graph, folder, firmware_folder(), prefix=case.name)
    return folder


def compile_all(compiler: str, project: Path, objects: Path, *flags: str) -> list[Path]:
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    sources = sorted((project / "src").glob("*.c"))
    objects.mkdir()
    command = [compiler, *flags, f"-I{project / 'src'}", "-c", *map(str, sources)]
    done = subprocess.run(command, cwd=objects, capture_output=True, text=True, check=False)
    assert not done.returncode and not done.stderr, done.stderr[-3000:]
    return sorted(objects.glob("*.o"))


@pytest.mark.parametrize("compiler", ["gcc", "clang", "arm-none-eabi-gcc"])
def test_no_warnings(compiler: str, project: Path, tmp_path: Path) -> None:
    assert compile_all(compiler, project, tmp_path / "objects", *STRICT, "-O1")


def test_every_kernel_is_used_and_has_its_header(tmp_path: Path) -> None:
    """By the portable forms, by those of some core, or by groups of layers."""
    grouped = (generate(c.graph, tmp_path, firmware_folder(), optimize="ram") for c in chain_cases(0, 10))
    used = {kernel for made in grouped for kernel in made.kernels}
    cores = {family: core for core, family in FAMILY.items()}.values()  # one of each family
    for core in ("portable", *cores):
        cases = [case for operator in OPERATORS for case in operator_cases(operator, 0, 8)] + wide_cases(0, 40)
        some = [((1, 6, 6, 16), 8, (1, 1)), ((1, 12, 12, 1), 8, (3, 3)), ((1, 6, 6, 16), 1, (1, 1))]  # few channels
        few = [layer_graph("conv_2d", x, c, k, 1, (1e-3, 0.3), np.random.default_rng(0)) for x, c, k in some]
        cases += [case for operator in EMITTED for case in s16_cases(operator, 0, 4)] + conversions()
        all_graphs = [*few, *(case.graph for case in cases)]
        calls = [call for graph in all_graphs for i in range(6) for call in first_forms(graph, core, i)]
        used |= {call.file for call in calls if isinstance(call, Call)}
    files = {path.stem for path in (firmware_folder() / "src").glob("*.c")}
    drawn = [(sampler, count, Draw(0)) for sampler, count in samplers()]
    for i in range(max(count for _, count, _ in drawn)):  # by turns: most kernels are found after a few of each
        for sampler, _, draw in (one for one in drawn if i < one[1] and used < files):
            graph = sampler(draw)
            forms = (call for core in cores for node in graph.nodes for call in candidates_of(graph, node, core))
            used |= {call.file for call in forms if isinstance(call, Call)}
    assert used == files
    assert used <= {path.stem for path in (firmware_folder() / "include" / "edgekit").glob("*.h")}


def test_no_library_but_memcpy_and_memset(project: Path, tmp_path: Path) -> None:
    objects = compile_all("gcc", project, tmp_path / "objects", "-std=c99", "-O2", "-fno-stack-protector")
    said = subprocess.run(["nm", "-u", *map(str, objects)], capture_output=True, text=True, check=True).stdout
    wanted = {line.split()[-1] for line in said.splitlines() if line.strip().startswith("U ")}
    assert {name for name in wanted if not name.startswith("ek_")} <= LIBRARY
    text = "".join(path.read_text() for path in (firmware_folder() / "src").glob("*.c"))
    assert {word for word in ("memmove", "malloc", "free(", "math.h", "stdlib.h") if word in text} == set()


def test_kernels_keep_no_state(project: Path, tmp_path: Path) -> None:
    """No writable memory of their own: their objects are code and constants."""
    objects = compile_all("gcc", project, tmp_path / "objects", "-std=c99", "-O2", "-fno-pic")
    said = subprocess.run(["size", *map(str, objects)], capture_output=True, text=True, check=True).stdout
    assert all(line.split()[1:3] == ["0", "0"] for line in said.splitlines()[1:]), said


def test_several_models_in_one_cpp_program(project: Path, tmp_path: Path) -> None:
    """Headers of all models in one C++ file, linked without clashes, and run."""
    if shutil.which("g++") is None:
        pytest.skip("g++ is not installed")
    names = [path.stem for path in sorted((project / "src").glob("*.h"))]
    assert len(names) >= len(OPERATORS)
    lines = [f'#include "{name}.h"' for name in names] + ["int main() {"]
    for name in names:
        lines.append(f"  static {name}_arena_t {name}; {name}_invoke(&{name});")
        lines.append(f"  if ({name.upper()}_ARENA_BYTES != sizeof {name} && sizeof {name} % 16) return 1;")
        lines.append(f"  if ({name}_output_0(&{name}) == nullptr || {name}_quantize(0.0f, 1.0f, 7) != 7) return 1;")
    (tmp_path / "main.cpp").write_text("\n".join([*lines, "  return 0;", "}", ""]))
    objects = compile_all("gcc", project, tmp_path / "objects", "-std=c99", "-O1")
    flags = ["-std=c++11", "-pedantic", "-Wall", "-Wextra", "-Werror", f"-I{project / 'src'}"]
    command = ["g++", *flags, "main.cpp", *map(str, objects), "-o", "main"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr[-3000:]
    assert subprocess.run(["./main"], cwd=tmp_path, check=False).returncode == 0


@pytest.mark.parametrize("prefix", ["", "2x", "Model", "a-b", "ek_model", "a b", "model;"])
def test_prefixes_that_are_no_identifiers_are_refused(prefix: str, tmp_path: Path) -> None:
    (case,) = operator_cases("relu", 0, 1)
    with pytest.raises(UsageError):
        generate(case.graph, tmp_path, firmware_folder(), prefix=prefix)
    assert not list(tmp_path.iterdir())
