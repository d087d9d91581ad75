"""Depthwise convolution with the DSP instructions by streams, whose instructions are counted one by one."""

from __future__ import annotations

from collections.abc import Iterator

from edgekit.backends.c.counts._window import Fields, clamped
from edgekit.backends.c.forms.dsp._stream_code import (
    GO,
    GROUP,
    PIECES,
    PIXEL,
    PIXEL_INSTRUCTIONS,
    RUN_INSTRUCTIONS,
    end_of,
    piece_at,
)


def features(fields: Fields) -> dict[str, float]:
    pixels, steps = _pixels(fields), 0
    for at, _, bytes_ in _runs(fields):
        outputs = sum(int(name[-1]) for name in pixels[at] if _finishes(name))
        steps += RUN_INSTRUCTIONS + bytes_ // outputs * (
            PIXEL_INSTRUCTIONS + sum(PIECES[n].instructions for n in pixels[at])
        )
    if fields["kernel"].endswith("plain_dsp"):
        return {"call": 1, "steps": steps}
    batches = fields["batches"]
    return {"call": 1, "images": batches, "steps": batches * steps, **clamped(fields, batches * fields["out_size"])}


def pieces_of(fields: Fields) -> set[str]:
    """The pieces of code that run."""
    return {name for names in _pixels(fields).values() for name in names}


def _runs(fields: Fields) -> list[list[int]]:
    found: list[list[int]] = fields["runs"].tolist()
    return found[:-1]


def _pixels(fields: Fields) -> dict[int, list[str]]:
    """What runs for a pixel of each kind."""
    words = fields["streams"].tolist()
    return {at: list(_pixel(words, at // 4)) for at in {run[0] for run in _runs(fields)}}


def _pixel(words: list[int], at: int) -> Iterator[str]:
    place, at = words[at], at + GROUP
    while place != PIXEL:
        name = piece_at(place)
        yield name
        at += PIECES[name].words
        if _finishes(name):
            place = end_of(name) + words[at - GROUP]
        elif name in GO.values() or name == "last4":
            place = end_of(name) + words[at - 1]
        else:
            place += PIECES[name].bytes


def _finishes(name: str) -> bool:
    return name.startswith("finish") or name.endswith("3")
