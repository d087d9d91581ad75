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
    steps = steps_of(fields["streams"].tolist(), fields["runs"].tolist()[:-1])
    if fields["kernel"].endswith("plain_dsp"):
        return {"call": 1, "steps": steps}
    batches = fields["batches"]
    return {"call": 1, "images": batches, "steps": batches * steps, **clamped(fields, batches * fields["out_size"])}


def steps_of(words: list[int], runs: list[list[int]]) -> int:
    """Instructions of all runs."""
    pixels, steps = {at: list(_pixel(words, at // 4)) for at in {run[0] for run in runs}}, 0
    for at, _, bytes_ in runs:
        outputs = sum(int(name[-1]) for name in pixels[at] if _finishes(name))
        each = PIXEL_INSTRUCTIONS + sum(PIECES[name].instructions for name in pixels[at])
        steps += RUN_INSTRUCTIONS + bytes_ // outputs * each
    return steps


def pieces_of(fields: Fields) -> set[str]:
    """The pieces of code that run."""
    words = fields["streams"].tolist()
    return {name for run in fields["runs"].tolist()[:-1] for name in _pixel(words, run[0] // 4)}


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
