"""Convolution on Helium by bands of rows: their windows in scratch, then blocks of 8 outputs over all their pixels."""

from __future__ import annotations

from edgekit.backends.c.counts._image_rows import rows as rows_of
from edgekit.backends.c.counts._window import Fields, ceil_div
from edgekit.backends.c.forms.mve._bands import (
    BLOCK,
    CLAMPED,
    EIGHT,
    ONE,
    ROWS,
    SOME,
    THREE_ONES,
    THREE_TWOS,
    TWO,
    UNITS,
    VECTOR,
)


def features(fields: Fields) -> dict[str, float]:
    batches, out_h, way, blocks, parts = (fields[name] for name in ("batches", "out_h", "way", "blocks", "parts"))
    of_row = fields["out_pitch"] // fields["y_step"] + (parts > 1)
    jobs = batches * ceil_div(out_h, fields["band"]) * parts
    rows, rounds = batches * out_h * parts * blocks, batches * out_h * of_row
    few = fields["y_step"] % BLOCK
    found: dict[str, float] = {
        "call": 1, "jobs": jobs, "clamps": fields["finish"] == CLAMPED,
        "limited": rounds * blocks * (fields["finish"] == CLAMPED),
        "some": rounds * blocks * (fields["finish"] == SOME),
    }  # fmt: skip
    for name, one in (("one", ONE), ("two", TWO), ("ones", THREE_ONES), ("twos", THREE_TWOS)):
        found[f"blocks_{name}"] = rounds * blocks * (way == one)
    found["stepped"] = rounds * blocks * (fields["finish"] != EIGHT and way != UNITS)
    twos, units = way in (TWO, THREE_ONES), way == UNITS
    found |= {"passes": jobs * blocks, "passes_of_twos": jobs * blocks * twos, "passes_of_units": jobs * blocks * units}
    found |= {"rows": rows, "rows_of_twos": rows * twos, "blocks_units": rounds * blocks * units}
    unit = int(fields["weights"][2]) % 4 + 1
    whole = rounds * fields["units"] * (blocks - (few > 0)) * units
    part = rounds * fields["units"] * (few > 0) * units
    found |= {f"units_{n}": whole * (unit == n) for n in (1, 2, 3, 4)}
    found |= {"units_few": part, "windows_few": part * unit, "products_few": part * few * (unit + 1)}
    return found | (_strips(fields) if fields["strips"] else rows_of(fields, ROWS))


def _strips(fields: Fields) -> dict[str, float]:
    tops = [i * fields["stride_h"] - fields["pad_top"] for i in range(fields["out_h"])]
    insides = [sum(0 <= top + row < fields["in_h"] for row in range(3)) for top in tops]
    batches, line = fields["batches"], fields["pitch"]
    whole, broken = insides.count(3), sum(n < 3 for n in insides)
    runs = sum(
        n == 3 and (i % fields["band"] == 0 or insides[i - 1] < 3) for i, n in enumerate(insides)
    )  # lines in a row
    first = 3 * fields["inside"] < line
    single = batches * sum(n for n in insides if n < 3)
    return {
        "strip_bands": batches * ceil_div(fields["out_h"], fields["band"]),
        "strip_fill": first * ceil_div(fields["band"] * line, VECTOR),
        "runs": batches * runs, "lines": batches * whole, "groups": batches * whole * fields["groups"],
        "broken_lines": batches * broken, "broken_filled": batches * broken * ceil_div(line, VECTOR),
        "single_rows": single, "single_groups": single * fields["groups"],
    }  # fmt: skip
