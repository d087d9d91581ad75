"""Compiling and linking a generated folder, and reading sizes back."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from edgekit.backends.c.options import Options, level_of
from edgekit.errors import ToolError

WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-Wconversion")
INSTALL = {
    "arm-none-eabi-gcc": "apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi",
    "riscv64-unknown-elf-gcc": "apt-get install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
    "cc": "apt-get install gcc",
}


@dataclass(frozen=True)
class Sizes:
    """Bytes in the image: code with its constants, initialized data, zeroed data."""

    text: int
    data: int
    bss: int


def find(options: Options) -> str | None:
    """The compiler's path, None when it is absent."""
    return shutil.which(options.compiler) if options.compiler else None


def version(compiler: str) -> str:
    """First line of `--version`."""
    done = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.splitlines()[0] if done.stdout else "unknown"


def build(folder: Path, options: Options, image: str, sanitize: bool = False) -> None:
    """Compile `src/` and the target's part of `harness/` and link `image`.

    Raises:
        ToolError: the compiler is absent, fails, or warns.
    """
    compiler = find(options)
    if compiler is None:
        raise ToolError(options.compiler, "is not installed", INSTALL.get(options.compiler, "install it"))
    command = [
        compiler, *options.flags, *WARNINGS, level_of(options), "-ffunction-sections", "-fdata-sections",
        "-Isrc", "-Iharness", *_defines(options), *sources(folder, options), *link_flags(options), "-o", image,
    ]  # fmt: skip
    if sanitize:
        command[1:1] = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        text = done.stderr.strip()[-1500:]
        raise ToolError(
            options.compiler, f"fails on the generated project:\n{text}", "the model may not fit the memory map"
        )


def sources(folder: Path, options: Options) -> list[str]:
    """What the image is made of; `harness/` also holds boards of other builds of the folder, PlatformIO's for one."""
    harness = [p for p in (folder / "harness").glob("*.c") if not p.stem.startswith("board_")]
    harness += [p for p in [folder / "harness" / f"board_{options.harness}.c"] if p.is_file()]
    return sorted(str(p.relative_to(folder)) for p in [*(folder / "src").glob("*.c"), *harness])


def _defines(options: Options) -> list[str]:
    if options.emulator is None:
        return []
    e = options.emulator
    return [f"-DBOARD_UART={e.uart:#x}U", f"-DBOARD_TIMER={e.timer:#x}U", f"-DBOARD_TIMER_SSE={int(e.timer_sse)}",
            f"-DBOARD_HZ={e.hz}U"]  # fmt: skip


def link_flags(options: Options) -> list[str]:
    """Flags of the linker: the target's memory map on the command line, the regions' use in a script."""
    if options.map is None:
        return ["-Wl,--gc-sections"]
    m = options.map
    constants = m.constants_origin is not None
    regions = {
        "CODE_ORIGIN": m.code_origin, "CODE_LENGTH": m.code_length,
        "DATA_ORIGIN": m.data_origin, "DATA_LENGTH": m.data_length,
        "CONSTANTS_ORIGIN": m.constants_origin if constants else m.code_origin,
        "CONSTANTS_LENGTH": m.constants_length if constants else 0,
    }  # fmt: skip
    script = "mps_split.ld" if constants else "mps.ld"
    symbols = [f"-Wl,--defsym={name}={value:#x}" for name, value in regions.items()]
    return ["-nostartfiles", *options.libc, "-Wl,--gc-sections", *symbols, "-T", f"harness/{script}"]


def sizes(image: Path, options: Options) -> Sizes:
    """Sizes of a linked image, by the toolchain's `size`. Raises ToolError."""
    program = re.sub(r"(gcc|cc|clang)$", "size", options.compiler)
    if shutil.which(program) is None:
        raise ToolError(program, "is not installed", "install binutils")
    done = subprocess.run([program, str(image)], capture_output=True, text=True, check=True, timeout=60)
    text, data, bss = (int(word) for word in done.stdout.splitlines()[1].split()[:3])
    return Sizes(text, data, bss)
