"""Files that a verb reads and writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edgekit.cli import _output
from edgekit.errors import UsageError

if TYPE_CHECKING:
    from edgekit.api import Array
    from edgekit.graph import Graph


def load_inputs(path: Path, graph: Graph) -> dict[str, Array]:
    """The arrays of a file; says on stderr when they look wrong for the graph's inputs. Raises InputError."""
    from edgekit.arrays import UNNAMED, load_arrays
    from edgekit.quantization.calibration import check_inputs

    arrays = load_arrays(path)
    if list(arrays) == [UNNAMED] and len(graph.inputs) == 1:  # one array without a name, for the only input
        arrays = {graph.inputs[0]: arrays[UNNAMED]}
    for doubt in check_inputs(graph, {name: array for name, array in arrays.items() if name in graph.inputs}):
        _output.say(f"warning: {doubt}", style="yellow")
    return arrays


def require_output(path: Path, *suffixes: str) -> None:
    """Raises UsageError when a result can never be written to `path`: better before the work than after it."""
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"--output {path}", f"must end in {' or '.join(suffixes)}")
    if path.is_dir():
        raise UsageError(f"--output {path}", "is a folder", f"name a file in it, like {path / ('out' + suffixes[0])}")
