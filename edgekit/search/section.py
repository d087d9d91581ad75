"""`[search]` of a recipe."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from edgekit.section import Section

Goal = Literal["accuracy", "latency", "ram", "flash", "macs", "parameters"]
SIZES = {"": 1, "B": 1, "k": 1000, "kB": 1000, "KiB": 1 << 10, "M": 10**6, "MB": 10**6, "MiB": 1 << 20, "G": 10**9}


class Dimension(Section):
    """One key that a search varies: `{choices = [...]}`, or `{low = ..., high = ...}`, of integers when both are."""

    choices: tuple[Any, ...] | None = Field(None, min_length=1, description="values to choose from")
    low: int | float | None = Field(None, description="the smallest value")
    high: int | float | None = Field(None, description="the largest value")
    step: int | float | None = Field(None, gt=0, description="distance of the values from `low` on")
    log: bool = Field(False, description="vary the value's logarithm")

    @model_validator(mode="after")
    def _one_of_both(self) -> Dimension:
        if self.choices is not None:
            if {self.low, self.high, self.step} != {None} or self.log:
                raise ValueError("choices stand alone: without low, high, step and log")
            return self
        if self.low is None or self.high is None:
            raise ValueError("needs choices = [...], or low and high")
        if not self.low < self.high:
            raise ValueError(f"low must be below high, found {self.low} and {self.high}")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError("log needs a low above zero, and no step")
        if self.integer and isinstance(self.step, float):
            raise ValueError(f"step of integers must be an integer, found {self.step}")
        return self

    @property
    def integer(self) -> bool:
        return isinstance(self.low, int) and isinstance(self.high, int)


class SearchSection(Section):
    """`[search]`: what `edgekit search` varies, and what it judges by."""

    space: dict[str, Dimension] = Field(
        default_factory=dict, description='`[search.space]`: dotted recipe keys, as in "train.learning_rate"'
    )
    objectives: tuple[Goal, ...] = Field(
        ("accuracy", "latency", "ram", "flash"), min_length=1, description="what is made better, each for itself"
    )
    limits: dict[Goal, float] = Field(
        default_factory=dict, description='largest values, `ram = "64 KiB"`; of accuracy the smallest'
    )
    sampler: Literal["tpe", "nsga2", "random"] = Field("tpe", description="how the next trial is chosen")
    population: int = Field(10, ge=2, description="tpe: random trials before it learns; nsga2: trials of a generation")
    seed: int = Field(0, ge=0)

    @field_validator("space", mode="before")
    @classmethod
    def _dotted(cls, found: Any) -> Any:
        """Tables inside tables are dotted keys: `[search.space.train]` with `learning_rate = {...}`."""
        if not isinstance(found, dict):
            return found
        flat: dict[str, Any] = {}
        for key, value in found.items():
            nested = isinstance(value, dict) and value and not value.keys() & Dimension.model_fields.keys()
            flat |= {f"{key}.{k}": v for k, v in cls._dotted(value).items()} if nested else {key: value}
        return flat

    @field_validator("limits", mode="before")
    @classmethod
    def _numbers(cls, found: Any) -> Any:
        return {k: _number(v) for k, v in found.items()} if isinstance(found, dict) else found

    @field_validator("objectives")
    @classmethod
    def _each_once(cls, found: tuple[Goal, ...]) -> tuple[Goal, ...]:
        if len(set(found)) < len(found):
            raise ValueError("each objective counts once")
        return found


def _number(value: Any) -> Any:
    """256 KiB, 1.5 MB, 20 M as a number; anything else unchanged, for pydantic to judge."""
    parts = re.fullmatch(r"([0-9.]+) ?([A-Za-z]*)", value) if isinstance(value, str) else None
    if parts is None or parts[2] not in SIZES:
        return value
    return float(parts[1]) * SIZES[parts[2]]
