"""Many models on the host twin in one program that compares every integer with the simulator's.

The generated sources are compiled as they are. Each layer runs with everything but its own tensors closed to it, the
gaps between constants too; then the whole model as the captured graph. `tests/firmware/proof.c` does the comparing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from edgekit.backends.c.project import firmware_folder
from edgekit.backends.cuda.generate import generate
from edgekit.backends.cuda.toolchain import HOST, SANITIZE
from tests.firmware import proof as of_c
from tests.firmware.proof import Case

CUDA = firmware_folder() / "cuda"
INCLUDES = (f"-I{CUDA / 'twin'}", f"-I{CUDA / 'include'}", f"-I{firmware_folder() / 'include'}")
STRICT = ("-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas")
SANITIZE_TABLES = "-fsanitize=address"  # models are tables and launches: nothing for the other sanitizer
MODERN, OLD = (80, 90), (61,)  # with tensor cores of int8, without
RUN_SECONDS = 300

CASE = """\
#include "../src/{n}.cu"
#include <sanitizer/asan_interface.h>
struct {n}_arena_t;

// The layer's constants lie in the host's copy, with their gaps closed.
static void {n}_layer({n}_arena_t *arena, int32_t layer) {{
  twin::Stream stream;
{gaps}  {n}_launch(&{n}_constants, reinterpret_cast<uint8_t *>(arena), layer, &stream);
{open}}}

static void {n}_invoke({n}_arena_t *arena) {{
  static {n}_t *model = nullptr;
  twin::Stream stream;
  if (model != nullptr || {n}_create(&model) == cudaSuccess) {{
    memcpy({n}_arena(model), arena, {N}_ARENA_BYTES);
    (void){n}_invoke(model, &stream);
    memcpy(reinterpret_cast<uint8_t *>(arena), {n}_arena(model), {N}_ARENA_BYTES);
  }}
}}
"""


def compile_kernels(folder: Path) -> Path:
    """All kernels, compiled once for all programs."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "kernels.cpp"
    source.write_text("".join(f'#include "{path}"\n' for path in sorted((CUDA / "src").glob("*.cu"))))
    made = folder / "kernels.o"
    compile_host(
        ["-std=c++17", "-O1", *SANITIZE, *STRICT, "-Wconversion", *INCLUDES, "-c", str(source), "-o", str(made)]
    )
    return made


def build(cases: Sequence[Case], kernels: Path, folder: Path) -> Path:
    """The program of the cases; every second one for GPUs without tensor cores of int8."""
    (folder / "cases").mkdir(parents=True)
    texts, rows, largest = [], [], 1
    for index, case in enumerate(cases):
        made = generate(case.graph, folder, firmware_folder(), OLD if index % 2 else MODERN, case.name, case.guard)
        members = [f"guard{i}" for i in range(1, made.arrays + 1)] if case.guard else []
        lines = {
            verb: "".join(
                f"  __asan_{verb}_memory_region({case.name}_constants.{m}, sizeof {case.name}_constants.{m});\n"
                for m in members
            )
            for verb in ("poison", "unpoison")
        }
        text = CASE.format(n=case.name, N=case.name.upper(), gaps=lines["poison"], open=lines["unpoison"])
        (folder / "cases" / f"{case.name}.c").write_text(text)
        text, row = of_c.describe(case, made)  # type: ignore[arg-type]
        texts.append(text)
        rows.append(row)
        largest = max(largest, made.memory.arena)
    table = (
        f"const proof_case_t proof_cases[] = {{\n{''.join(rows)}}};\nconst uint32_t proof_case_count = {len(cases)}U;\n"
    )
    room = folder / "harness"
    room.mkdir()
    (room / "cases.cpp").write_text('#include "proof.h"\n\n' + "\n".join(texts) + table)
    (room / "proof.c").write_text(f"#define PROOF_LARGEST_ARENA {largest}U\n" + (of_c.HERE / "proof.c").read_text())
    shutil.copyfile(of_c.HERE / "proof.h", room / "proof.h")
    for name in ("board.h", "board_host.c", "layers.h", "protocol.h"):
        shutil.copyfile(firmware_folder() / "harness" / name, room / name)
    harness = [str(room / name) for name in ("proof.c", "board_host.c")]
    for name in harness:
        compile_host(["-O1", *SANITIZE, "-xc", "-c", name, "-o", f"{name}.o"])
    image = folder / "proof"
    flags = ["-std=c++17", "-O0", SANITIZE_TABLES, "-Wall", "-Wno-unknown-pragmas", f"-I{folder / 'src'}", *INCLUDES]
    compile_host([*flags, "-c", str(room / "cases.cpp"), "-o", f"{room / 'cases'}.o"])
    objects = [
        str(kernels),
        f"{room / 'cases'}.o",
        *(f"{name}.o" for name in harness),
    ]  # of two twins the first is used
    compile_host([*SANITIZE, *objects, "-o", str(image)])
    return image


def prove(cases: Sequence[Case], kernels: Path, folder: Path) -> None:
    """Build and run, in both orders of threads; fails with the names of those that differ or write outside."""
    image = build(cases, kernels, folder)
    for order in ("forward", "reverse"):
        lines = run(image, order)
        assert lines[-1:] == [f"done {len(cases)}"], f"ended early after {lines[-3:]}"
        bad = [line for line in lines[:-1] if not line.endswith(" 0 0")]
        assert not bad, f"{order}: (case, differing bytes, bytes written outside): {bad}"
        assert [line.split()[0] for line in lines[:-1]] == [case.name for case in cases]


def run(image: Path, order: str = "forward") -> list[str]:
    """The program's lines; fails where it or a sanitizer stops it."""
    done = subprocess.run([str(image)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=RUN_SECONDS, env={**os.environ, "EDGEKIT_TWIN_ORDER": order})  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


def compile_host(arguments: Sequence[str]) -> None:
    done = subprocess.run([HOST, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
