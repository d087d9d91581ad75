"""What is valid but looks wrong, or differs from what one may expect: said, never hidden, never an error."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

from edgekit.graph import Graph

SOFTMAX_LIMIT = 512  # sum of the exponentials of a row, in units of the largest


class ModelWarning(UserWarning):
    """A model is valid but read as something else than it was written."""


@contextlib.contextmanager
def collected(notes: list[str], *kinds: type[Warning]) -> Iterator[None]:
    """Put the texts of warnings of `kinds` into `notes`, each once; other warnings go their way."""
    with warnings.catch_warnings(record=True) as caught:
        for kind in kinds:
            warnings.simplefilter("always", kind)
        yield
    for found in caught:
        if not issubclass(found.category, kinds):
            warnings.warn_explicit(found.message, found.category, found.filename, found.lineno)
        elif str(found.message) not in notes:
            notes.append(str(found.message))


def doubts(graph: Graph) -> list[str]:
    """Sentences about layers of a graph, int8 or to become int8, that may surprise on a device."""
    found = []
    for node in graph.nodes:
        width = graph.node_outputs(node)[0].shape[-1:]
        if node.op.name == "softmax" and width >= (SOFTMAX_LIMIT,):
            found.append(
                f"layer {node.name} (softmax): in nearly uniform rows of {width[0]} values, exponentials sum to "
                f"{SOFTMAX_LIMIT} or more; TensorFlow Lite Micro and LiteRT abort on such an int8 row, here all its "
                "outputs are zero. Leave the softmax to the host, or take the largest score without it."
            )
    return found
