"""Proves and times the program of this folder on the GPU at hand: python3 check_on_gpu.py [PROGRAM]

Every layer's values over the golden samples against the simulator's CRC-32; then the times of an inference and of every
layer. PROGRAM is `out/model_cuda` as CMake builds it here, or the `model_cuda` that came with the folder. Needs nothing
but Python 3.8. Ends with 1 where a layer differs, with 2 where nothing could be run. The last line is JSON.
"""

from __future__ import annotations

import binascii
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
COMMANDS = "cmake -B out -DCMAKE_BUILD_TYPE=Release && cmake --build out -j && python3 check_on_gpu.py"


def ask(program: Path, *words: str) -> dict[str, Any]:
    done = subprocess.run([str(program), *words], capture_output=True)
    if done.returncode:
        raise SystemExit(f"NOT RUN: {program.name} {words[0]}: {done.stderr.decode(errors='replace').strip()}")
    found: dict[str, Any] = json.loads(done.stdout.decode())
    return found


def differing(program: Path) -> list[str]:
    """Names of the layers whose values differ in any golden sample, in order."""
    golden = json.loads((HERE / "golden_layers.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as room:
        made = Path(room) / "values.bin"
        ask(program, "layers", str(HERE / "golden_inputs.bin"), str(made))
        values = made.read_bytes()
    bad, at = [], 0
    for sample in range(golden["samples"]):
        for layer in golden["layers"]:
            part = values[at : at + layer["bytes"]]
            at += layer["bytes"]
            if binascii.crc32(part) != layer["crcs"][sample] and layer["name"] not in bad:
                bad.append(layer["name"])
    if at != len(values):
        raise SystemExit(f"NOT RUN: {len(values)} bytes came back, {at} were expected")
    return bad


def main() -> int:
    built = [Path(sys.argv[1])] if len(sys.argv) > 1 else [HERE / "out" / "model_cuda", HERE / "model_cuda"]
    program = next((path for path in built if path.is_file()), None)
    if program is None:
        print(f"NOT RUN: no program is here; build it: {COMMANDS}")
        return 2
    try:
        gpu = ask(program, "info")
        if gpu["error"]:
            print(f"NOT RUN: {gpu['error']} (driver {gpu['driver']}, compiled with CUDA {gpu['runtime']})")
            return 2
        bad = differing(program)
        times = ask(program, "time", "1000") if gpu["capability"] else {}  # the host twin has no times
    except SystemExit as error:
        print(error)
        return 2
    layers = json.loads((HERE / "golden_layers.json").read_text("utf-8"))["layers"]
    for index, layer in enumerate(layers):
        us = f"{times['layers_us'][index]:9.2f} us" if times else ""
        print(f"{index:3} {layer['op']:24} {us}  {'DIFFERS' if layer['name'] in bad else 'exact'}  {layer['name']}")
    print(f"{gpu['gpu']}, compute capability {gpu['capability'] / 10}: {len(bad)} of {len(layers)} layers differ")
    print(json.dumps({**gpu, **times, "differing_layers": bad, "layers": len(layers)}))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
