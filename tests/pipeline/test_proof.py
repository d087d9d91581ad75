"""A proof on the target's vehicle: an absent one is NOT RUN, one that refuses the artifact fails the build."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from edgekit.errors import RefusedError, ToolError
from edgekit.pipeline import proof
from tests.backends.graphs import small_int8


def backend(error: Exception) -> Any:
    def verify(folder: Path, inputs: Any) -> None:
        raise error

    return SimpleNamespace(verify=verify)


def golden() -> dict[str, Any]:
    graph = small_int8()
    return {name: np.zeros(graph.tensors[name].shape, np.int8) for name in graph.inputs}


def test_an_absent_vehicle_is_not_run_with_the_reason(tmp_path: Path) -> None:
    found = proof.on_vehicle(
        backend(ToolError("QEMU", "is not installed")), "emulator", tmp_path, small_int8(), golden()
    )
    assert found["status"] == proof.NOT_RUN and "is not installed" in found["reason"]


def test_a_vehicle_that_refuses_the_artifact_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="layer 3"):
        proof.on_vehicle(
            backend(RefusedError("HTP", "cannot take layer 3")), "simulator", tmp_path, small_int8(), golden()
        )
