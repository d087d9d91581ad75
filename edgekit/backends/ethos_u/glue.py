"""C for the firmware: the command stream handed to Arm's Ethos-U driver, without an interpreter.

Source: the interface of Arm's ethos-u-core-driver (`ethosu_driver.h`: reserve, invoke, release), and the regions that
Vela's raw output names. Compiled here against a header of our own that declares just those calls; linked with
the driver and run it was not.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from edgekit import __version__

FOLDER = "firmware"
COMPILER = "arm-none-eabi-gcc"
FLAGS = (
    "-mcpu=cortex-m55",
    "-mthumb",
    "-mfloat-abi=hard",
    "-std=c99",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wconversion",
)
REGIONS = 3  # weights, scratch and fast scratch; inputs and outputs lie in scratch

HEADER = """\
/* Written by edgekit {version}: one inference of this model on an Ethos-U NPU ({accelerator}). */
#ifndef EDGEKIT_ETHOSU_H
#define EDGEKIT_ETHOSU_H

#include <stddef.h>
#include <stdint.h>

#define EDGEKIT_INPUTS {inputs}
#define EDGEKIT_OUTPUTS {outputs}
#define EDGEKIT_ARENA_SIZE {arena}u      /* bytes that the NPU reads and writes; SRAM */
#define EDGEKIT_FAST_SIZE {fast}u       /* bytes of fast scratch; 0 where there is none */
#define EDGEKIT_COMMANDS_SIZE {commands}u
#define EDGEKIT_WEIGHTS_SIZE {weights}u

extern const size_t edgekit_input_sizes[EDGEKIT_INPUTS];
extern const size_t edgekit_output_sizes[EDGEKIT_OUTPUTS];

/* Reserve a driver, run, release. Ethos-U drivers must have been initialized (ethosu_init) before.
   0 on success, else the driver's error, or -1 when no driver is free. */
int edgekit_ethosu_run(const void *const inputs[EDGEKIT_INPUTS], void *const outputs[EDGEKIT_OUTPUTS]);

#endif
"""

SOURCE = """\
/* Written by edgekit {version}. */
#include "edgekit_ethosu.h"

#include <string.h>

#include "ethosu_driver.h"

#ifndef EDGEKIT_ARENA_SECTION
#define EDGEKIT_ARENA_SECTION ".bss.edgekit_arena"
#endif
#ifndef EDGEKIT_FAST_SECTION
#define EDGEKIT_FAST_SECTION ".bss.edgekit_fast"
#endif

extern const uint8_t edgekit_ethosu_commands[];
extern const uint8_t edgekit_ethosu_weights[];

static uint8_t arena[EDGEKIT_ARENA_SIZE + 16u] __attribute__((aligned(16), section(EDGEKIT_ARENA_SECTION)));
static uint8_t fast[EDGEKIT_FAST_SIZE + 16u] __attribute__((aligned(16), section(EDGEKIT_FAST_SECTION)));

const size_t edgekit_input_sizes[EDGEKIT_INPUTS] = {{{input_sizes}}};
const size_t edgekit_output_sizes[EDGEKIT_OUTPUTS] = {{{output_sizes}}};
static const size_t input_offsets[EDGEKIT_INPUTS] = {{{input_offsets}}};
static const size_t output_offsets[EDGEKIT_OUTPUTS] = {{{output_offsets}}};

int edgekit_ethosu_run(const void *const inputs[EDGEKIT_INPUTS], void *const outputs[EDGEKIT_OUTPUTS]) {{
    uint64_t bases[{regions}] = {{0}};
    size_t sizes[{regions}] = {{0}};
    struct ethosu_driver *driver;
    size_t i;
    int status;

    bases[{fast_region}] = (uint64_t)(uintptr_t)fast;
    sizes[{fast_region}] = EDGEKIT_FAST_SIZE;
    bases[{weight_region}] = (uint64_t)(uintptr_t)edgekit_ethosu_weights;
    sizes[{weight_region}] = EDGEKIT_WEIGHTS_SIZE;
    bases[{scratch_region}] = (uint64_t)(uintptr_t)arena;
    sizes[{scratch_region}] = EDGEKIT_ARENA_SIZE;

    driver = ethosu_reserve_driver();
    if (driver == NULL) {{
        return -1;
    }}
    for (i = 0; i < EDGEKIT_INPUTS; i++) {{
        memcpy(arena + input_offsets[i], inputs[i], edgekit_input_sizes[i]);
    }}
    status = ethosu_invoke_v3(driver, edgekit_ethosu_commands, (int)EDGEKIT_COMMANDS_SIZE, bases, sizes,
                              {regions}, NULL);
    ethosu_release_driver(driver);
    if (status != 0) {{
        return status;
    }}
    for (i = 0; i < EDGEKIT_OUTPUTS; i++) {{
        memcpy(outputs[i], arena + output_offsets[i], edgekit_output_sizes[i]);
    }}
    return 0;
}}
"""

DATA = """\
/* Written by edgekit {version}: constants that the NPU reads; 16-byte aligned, as its DMA wants them. */
    .section .rodata.edgekit_ethosu, "a", %progbits
    .global edgekit_ethosu_commands
    .balign 16
edgekit_ethosu_commands:
    .incbin "commands.bin"
    .global edgekit_ethosu_weights
    .balign 16
edgekit_ethosu_weights:
    .incbin "weights.bin"
    .balign 16
"""

DRIVER = """\
/* Declarations of the calls that edgekit_ethosu.c makes, to compile it without Arm's driver. NOT Arm's header: build
   with the ethosu_driver.h of ethos-u-core-driver instead. */
#ifndef ETHOSU_DRIVER_H
#define ETHOSU_DRIVER_H

#include <stddef.h>
#include <stdint.h>

struct ethosu_driver;
struct ethosu_driver *ethosu_reserve_driver(void);
void ethosu_release_driver(struct ethosu_driver *drv);
int ethosu_invoke_v3(struct ethosu_driver *drv, const void *custom_data_ptr, const int custom_data_size,
                     uint64_t *const base_addr, const size_t *base_addr_size, const int num_base_addr, void *user_arg);

#endif
"""


def write(raw: dict[str, Any], accelerator: str, folder: Path) -> tuple[str, ...]:
    """Write the sources and constants under `folder/firmware`; their names in `folder`.

    Args: raw: of `vela.raw`.
    """
    where = folder / FOLDER
    (where / "declarations").mkdir(parents=True)
    scratch, fast = _size(raw["scratch_size"]), _size(raw["scratch_fast_size"])
    regions = {name: int(_size(raw[f"{name}_region"])) for name in ("weight", "scratch", "scratch_fast")}
    if not fast and regions["scratch_fast"] in (regions["weight"], regions["scratch"]):
        regions["scratch_fast"] = REGIONS - 1  # there is none: any free place
    if {*raw["input_region"], *raw["output_region"]} != {regions["scratch"]} or sorted(regions.values()) != [0, 1, 2]:
        raise ValueError(
            f"regions {raw['input_region']}, {raw['output_region']} and {regions} are not Vela's usual ones"
        )
    values = {
        "version": __version__, "accelerator": accelerator, "regions": REGIONS,
        "inputs": len(raw["input_offset"]), "outputs": len(raw["output_offset"]),
        "arena": scratch, "fast": fast, "commands": len(raw["cmd_data"]), "weights": len(raw["weight_data"]),
        "input_sizes": _sizes(raw, "input"), "output_sizes": _sizes(raw, "output"),
        "input_offsets": _joined(raw["input_offset"]), "output_offsets": _joined(raw["output_offset"]),
        "weight_region": regions["weight"], "scratch_region": regions["scratch"],
        "fast_region": regions["scratch_fast"],
    }  # fmt: skip
    texts = {
        "edgekit_ethosu.h": HEADER, "edgekit_ethosu.c": SOURCE, "edgekit_ethosu_data.S": DATA,
    }  # fmt: skip
    for name, text in texts.items():
        (where / name).write_text(text.format_map(values), "utf-8")
    (where / "declarations" / "ethosu_driver.h").write_text(DRIVER, "utf-8")
    (where / "commands.bin").write_bytes(raw["cmd_data"])
    (where / "weights.bin").write_bytes(raw["weight_data"])
    names = (*texts, "declarations/ethosu_driver.h", "commands.bin", "weights.bin")
    return tuple(f"{FOLDER}/{name}" for name in names)


def compile_check(folder: Path) -> tuple[bool, str]:
    """Compile the glue for a Cortex-M55 against our declarations: whether it did, and what happened in words."""
    if shutil.which(COMPILER) is None:
        return False, f"firmware glue: NOT COMPILED: {COMPILER} is not installed"
    where = folder / FOLDER
    with tempfile.TemporaryDirectory(prefix="edgekit-glue-") as scratch:
        for name in ("edgekit_ethosu.c", "edgekit_ethosu_data.S"):
            flags = FLAGS if name.endswith(".c") else FLAGS[:3]
            command = [COMPILER, *flags, "-I.", "-Ideclarations", "-c", name, "-o", str(Path(scratch) / (name + ".o"))]
            done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False, timeout=120)
            if done.returncode:
                return False, f"firmware glue: {COMPILER} refuses {name}: {done.stderr.strip()[-300:]}"
    return True, (
        "firmware glue: compiled for Cortex-M55 against declarations of Arm's driver; linked with the driver and run: "
        "NOT RUN, add ethos-u-core-driver to the firmware"
    )


def _size(value: Any) -> int:
    return int(value[0]) if isinstance(value, list) else int(value)


def _joined(values: Any) -> str:
    return ", ".join(f"{int(v)}u" for v in values)


def _sizes(raw: dict[str, Any], what: str) -> str:
    from math import prod

    return _joined(
        prod(shape) * size for shape, size in zip(raw[f"{what}_shape"], raw[f"{what}_elem_size"], strict=True)
    )
