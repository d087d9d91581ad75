"""One programmed chip: its conductances, and what its tiles weigh at an age, with drift compensated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.backends.analog_pcm import device
from edgekit.backends.analog_pcm.device import Floats
from edgekit.backends.analog_pcm.mapping import Layer, Tile
from edgekit.backends.analog_pcm.options import Options


@dataclass(frozen=True, eq=False)
class State:
    """A tile as it computes: weights (rows, columns) in units of g_max, and the factor on its outputs."""

    weights: Floats
    factor: float = 1.0


States = dict[str, list[State]]
"""By layer, in the order of its tiles."""


def ideal(layers: Sequence[Layer], options: Options) -> States:
    """The chip that was asked for: target conductances, no noise, no drift."""
    g = np.float32(options.g_max)
    return {layer.name: [State((t.positive - t.negative) / g) for t in layer.tiles] for layer in layers}


class Chip:
    """A chip programmed with `layers`. The same options and number give the same chip.

    Args:
        number: which chip of the run; every one has its own noise.
    """

    def __init__(self, layers: Sequence[Layer], options: Options, number: int) -> None:
        self.layers, self.options, self.number = layers, options, number
        self._devices = [
            [_Programmed(tile, options, self._rng(place, index)) for index, tile in enumerate(layer.tiles)]
            for place, layer in enumerate(layers)
        ]

    def at(self, age: float) -> States:
        """All tiles `age` seconds after the chip's first read; each age has a read noise of its own."""
        return {
            layer.name: [
                found.at(age, self._rng(place, index, round(age * 1000) + 1))
                for index, found in enumerate(self._devices[place])
            ]
            for place, layer in enumerate(self.layers)
        }

    def _rng(self, place: int, tile: int, moment: int = 0) -> np.random.Generator:
        return np.random.default_rng([self.options.seed, self.number, place, tile, moment])


class _Programmed:
    """The devices of one tile. Drift compensation divides by what a reference read lost since programming.

    The reference is the mean magnitude over all cells, read row by row (global drift compensation of Joshi et al. 2020;
    IBM/aihwkit, src/aihwkit/inference/compensation/drift.py).
    """

    def __init__(self, tile: Tile, options: Options, rng: np.random.Generator) -> None:
        self.tile, self.options = tile, options
        self.pair = [(side, device.program(side, options, rng)) for side in (tile.positive, tile.negative)]
        self.exponent = [device.exponents(side, options, rng) for side in (tile.positive, tile.negative)]
        self.reference = float(np.abs(self.pair[0][1] - self.pair[1][1]).mean())

    def at(self, age: float, rng: np.random.Generator) -> State:
        positive, negative = (
            device.read(target, programmed, exponent, age, self.options, rng)
            for (target, programmed), exponent in zip(self.pair, self.exponent, strict=True)
        )
        cells, factor = positive - negative, 1.0
        if self.options.compensation:
            now = float(np.abs(cells).mean())
            factor = self.reference / now if now > 0 else 1.0
        return State(cells / np.float32(self.options.g_max), factor)
