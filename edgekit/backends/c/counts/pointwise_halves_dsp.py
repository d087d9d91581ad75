"""1x1 convolutions of few weights with the DSP instructions: pairs of pixels whose inputs are expanded."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped

TURN = 8  # fours of inputs


def features(fields: Fields) -> dict[str, float]:
    lines, width, out_c, words = (fields[name] for name in ("lines", "width", "out_c", "words"))
    pairs, turns = lines * ceil_div(width, 2), ceil_div(words - 1, TURN)
    of_two, alone = pairs * (out_c // 2), pairs * (out_c % 2)
    return {
        "call": 1, "lines": lines, "beside": lines * (width > 1), "last": lines * (width % 2),
        "pairs": pairs, "words": pairs * words,
        "channels": of_two, "groups": of_two * words, "turns": of_two * turns,
        "single": alone, "single_groups": alone * words, "single_turns": alone * turns,
        **clamped(fields, lines * width * out_c),
    }  # fmt: skip
