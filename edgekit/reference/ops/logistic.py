"""Logistic function, 1 / (1 + exp(-x)), with the fixed output scale 1/256 and zero point -128.

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
from edgekit.graph.ops.logistic import Logistic
from edgekit.reference.arithmetic import INT32_MAX, Ints
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import float_unary
from edgekit.reference.fixedpoint import exp_on_negative_values, one_over_one_plus
from edgekit.reference.sigmoids import Q4, prepare
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Logistic, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    return prepare(inputs, outputs[0], arithmetic.rule("logistic"), _fixed, _real, _exact, (2.0**-8, -128))


def _fixed(x: Ints) -> Ints:
    """Q4 to Q0."""
    positive = one_over_one_plus(exp_on_negative_values(-np.abs(x), Q4))
    return np.where(x == 0, 1 << 30, np.where(x > 0, positive, INT32_MAX - positive))


def _real(x: Array) -> Array:
    """float32, with exp rounded correctly to float32."""
    with np.errstate(over="ignore"):  # infinity gives 0, as it should
        exp = np.exp(-x.astype(np.float64)).astype(np.float32)
    return np.float32(1) / (np.float32(1) + exp)


def _exact(x: Array) -> Array:
    """float64."""
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-x)))


def prepare_float(op: Logistic, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_unary(_real)
