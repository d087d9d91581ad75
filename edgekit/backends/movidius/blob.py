"""What a Movidius blob says about itself: its header, and what depthai reads where that is installed.

Source: the header of OpenVINO 2021.4's graph compiler for VPU (0x34 bytes of an ELF header, then the magic 9709),
checked against blobs that it wrote.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgekit.errors import InputError

MAGIC, PLACE = 9709, 0x34


def check(path: Path) -> None:
    """Raises InputError when the file is no Myriad blob."""
    data = path.read_bytes()
    found = int.from_bytes(data[PLACE : PLACE + 4], "little") if len(data) >= PLACE + 4 else None
    if found != MAGIC:
        raise InputError(
            str(path), f"must have {MAGIC} at 0x{PLACE:x} as a Myriad blob has, found {found}", "build again"
        )


def described(path: Path) -> dict[str, Any] | None:
    """Shaves, slices, stages, inputs and outputs as depthai reads them; None without depthai.

    Raises:
        InputError: depthai cannot read the blob.
    """
    try:
        import depthai
    except ImportError:
        return None
    try:
        found = depthai.OpenVINO.Blob(str(path))
    except RuntimeError as error:
        raise InputError(str(path), f"depthai cannot read the blob: {error}", "build again") from error
    return {
        "shaves": found.numShaves,
        "cmx_slices": found.numSlices,
        "stages": found.stageCount,
        "inputs": {name: _tensor(info) for name, info in found.networkInputs.items()},
        "outputs": {name: _tensor(info) for name, info in found.networkOutputs.items()},
        "depthai": depthai.__version__,
    }


def _tensor(info: Any) -> dict[str, Any]:
    return {"dims": list(info.dims), "type": str(info.dataType).rpartition(".")[2]}
