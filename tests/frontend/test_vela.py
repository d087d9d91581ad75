"""What we write is taken whole by Arm's Vela compiler, as its release is, beside LiteRT and TensorFlow Lite Micro."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from edgekit.frontend import load
from edgekit.frontend.tflite import save
from edgekit.graph import Graph
from tests.frontend.test_tflite import small_graph

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def vela() -> None:
    try:
        metadata.version("ethos-u-vela")
    except metadata.PackageNotFoundError:
        pytest.skip('Vela is not installed: pip install "edgekit[ethos-u]"')


def operators_on_cpu(graph: Graph, folder: Path) -> int:
    save(graph, folder / "model.tflite")
    program = "import sys; from ethosu.vela.vela import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "model.tflite", "--accelerator-config", "ethos-u55-128"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"CPU operators = (\d+)", done.stdout)
    assert found and (folder / "output" / "model_vela.tflite").stat().st_size > 0, done.stdout
    return int(found[1])


def test_a_small_graph(tmp_path: Path) -> None:
    assert operators_on_cpu(small_graph(), tmp_path) == 0


@pytest.mark.parametrize("name", ["ad01", "ic_resnet8", "kws_dscnn", "vww_96"])
def test_mlperf_tiny(name: str, shared: Path, tmp_path: Path) -> None:
    assert operators_on_cpu(load(shared / "models" / "mlperf_tiny" / f"{name}_int8.tflite"), tmp_path) == 0
