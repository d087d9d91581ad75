"""A page's staircase per channel, as the proofs of the engine take it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.reference.arithmetic import Ints


@dataclass(frozen=True)
class Stairs:
    """Where the page's function of the accumulator A (bias included) reaches its levels.

    Attributes:
        first: (L, C) the smallest accumulator that reaches each level.
        levels: (L, 1) counted from the zero point, rising by 1; the one below the first is the lower clamp.
        reached: (L, C) false where no accumulator reaches the level; `first` is then one more than the largest.
        after: (L, C) false where all accumulators reach it; `first` is then the smallest one.
        reach: (C,) the largest magnitude of an accumulator.
        real: (C,) the multiplier as the page has it, levels per accumulator.
    """

    first: Ints
    levels: Ints
    reached: NDArray[np.bool_]
    after: NDArray[np.bool_]
    reach: Ints
    real: NDArray[np.float64]

    def of(self, channels: Ints) -> Stairs:
        """Some of the channels."""
        return Stairs(
            self.first[:, channels], self.levels, self.reached[:, channels], self.after[:, channels],
            self.reach[channels], self.real[channels],
        )  # fmt: skip
