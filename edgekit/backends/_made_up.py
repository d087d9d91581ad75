"""An int8 form of a float graph with made-up scales, to ask a vendor's compiler about it before any training."""

from __future__ import annotations

import warnings

from edgekit.backends._contract import is_quantized
from edgekit.graph import Graph


def int8_form(graph: Graph) -> Graph:
    """The graph itself when it is int8; else its int8 form after two random inputs.

    What compilers take depends on shapes and types, hardly ever on scales; the int8 graph is asked about again.

    Raises:
        UnsupportedError: an operator has no int8 rule; names the layer.
    """
    from edgekit import quantization
    from edgekit.recipe import QuantizeSection
    from edgekit.verification import random_inputs

    if is_quantized(graph):
        return graph
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the random data
        return quantization.quantize(graph, random_inputs(graph, 2), QuantizeSection())
