"""The base of everything that is read from TOML."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Base of all recipe sections: closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)
