"""Options of `[target.analog-pcm]`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from edgekit.recipe import Section, validated
from edgekit.target import Target

TIMES = (1.0, 25.0, 3600.0, 86400.0, 31536000.0)  # 1 s, 25 s, 1 h, 1 day, 365 days


class Options(Section):
    """Crossbars, converters, and how many chips are simulated for how long."""

    tile_rows: int = Field(256, ge=1, le=4096, description="inputs of a tile")
    tile_columns: int = Field(256, ge=1, le=4096, description="outputs of a tile; a cell is a pair of devices")
    dac_bits: int = Field(8, ge=0, le=16, description="of a tile's inputs, sign included; 0: ideal")
    adc_bits: int = Field(8, ge=0, le=16, description="of a tile's outputs, sign included; 0: ideal")
    percentile: float = Field(
        99.99, gt=50, le=100, description="of a sample's magnitudes; its largest value in calibration is full scale"
    )
    scaling: Literal["column", "layer"] = Field(
        "column", description="what is brought to g_max: each column's largest weight, or the layer's"
    )
    depthwise: Literal["digital", "crossbar"] = Field(
        "digital", description="depthwise layers leave nearly all of a tile unused, so they stay digital"
    )
    digital: tuple[str, ...] = Field((), description="names of further layers that stay digital")
    g_max: float = Field(25.0, gt=0, le=1000, description="largest conductance, in µS")
    programming_noise: float = Field(1.0, ge=0, le=10, description="factor on the published programming noise")
    drift: float = Field(1.0, ge=0, le=10, description="factor on the published drift exponents")
    read_noise: float = Field(1.0, ge=0, le=10, description="factor on the published 1/f read noise")
    compensation: bool = Field(True, description="global drift compensation: one factor per tile from a reference read")
    chips: int = Field(10, ge=2, le=1000, description="chips that are programmed, for mean and standard deviation")
    times: tuple[float, ...] = Field(
        TIMES, min_length=1, description="seconds after the first read of a chip, which is 20 s after its programming"
    )
    samples: int = Field(1000, ge=1, description="test samples at most")
    seed: int = Field(0, ge=0)
    chip: int = Field(0, ge=0, description="`edgekit run`: which chip")
    age: float = Field(86400.0, ge=0, description="`edgekit run`: seconds after its first read")


def options_of(target: Target) -> Options:
    """Raises InputError naming a bad key."""
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
