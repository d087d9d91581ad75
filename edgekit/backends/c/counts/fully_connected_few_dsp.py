"""Layers of few outputs with the DSP instructions: four channels, four inputs at a time, then the last channels."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped
from edgekit.backends.c.forms.dsp._few import TAIL, TAIL_ALIGNED


def features(fields: Fields) -> dict[str, float]:
    in_c, images, tail = fields["in_c"], fields["images"], fields["tail"]
    lines = images * fields["lines"]
    outputs = lines * fields["outputs"]
    if "_to_" in fields["kernel"]:
        return {"call": 1, "fours": (in_c - 1) // 4}
    rest = {place: count for count, place in TAIL.items()}.get(tail, 1)
    fours, eights, groups = (in_c - 1) // 4, (in_c - 1) // 8, fields["bytes"] // (4 * (4 * 2 * ceil_div(in_c, 4) + 13))
    samples = outputs // (4 * groups + rest)
    blocks, turns = samples * groups, max(1, ceil_div(fours, 8))
    single, aligned = samples * (tail == TAIL[1]), samples * (tail == TAIL_ALIGNED)
    found: dict[str, float] = {
        "call": 1, "lines": lines, "samples": samples, "mixed": samples * (groups > 0 and rest > 0), "blocks": blocks,
        "block_fours": blocks * fours, "block_turns": blocks * turns,
    }  # fmt: skip
    for count in (2, 3):
        ran = samples * (rest == count)
        found |= {f"tails_{count}": ran, f"fours_{count}": ran * fours, f"turns_{count}": ran * turns}
    found |= {"singles": single + aligned, "single_turns": (single + aligned) * max(1, ceil_div(eights, 4))}
    found |= {"eights": single * eights, "eights_aligned": aligned * eights}
    if fields["kernel"] == "fully_connected_few_dsp":
        found |= {"images": images, **clamped(fields, outputs)}
    return found
