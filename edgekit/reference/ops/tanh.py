"""Hyperbolic tangent, with the fixed output scale 1/128 and zero point 0.

TensorFlow Lite Micro: x is rescaled to Q4 and the function taken in 32-bit fixed point. From a distance of
floor(15 / s) steps on, s being the input's scale rounded up to a power of two, the output saturates (from s = 16 on,
zero itself gives -128).
LiteRT: a table of 256 entries computed in float32 (`float-table`); about one entry in 250,000 differs by 1, more of
them at scales above 2, where the early saturation shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.tanh import Tanh
from edgekit.reference.arithmetic import Ints
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import float_unary
from edgekit.reference.fixedpoint import exp_on_negative_values, one_minus_over_one_plus
from edgekit.reference.sigmoids import Q4, prepare
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Tanh, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return prepare(inputs, outputs[0], arithmetic.rule("tanh"), _fixed, _real, np.tanh, (2.0**-7, 0))


def _fixed(x: Ints) -> Ints:
    """Q4 to Q0: (1 - e) / (1 + e) with e = exp(-2 |x|). The doubling costs nothing: the integers of Q4 read as Q5."""
    positive = one_minus_over_one_plus(exp_on_negative_values(-np.abs(x), Q4 + 1))
    return np.where(x == 0, 0, np.where(x > 0, positive, -positive))


def _real(x: Array) -> Array:
    """float32, correctly rounded."""
    return np.tanh(x.astype(np.float64)).astype(np.float32)


def prepare_float(op: Tanh, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_unary(_real)
