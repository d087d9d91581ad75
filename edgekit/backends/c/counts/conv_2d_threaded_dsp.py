"""Convolution of one input channel without padding: pixels by records, those of five words and those of three."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    sections = fields["sections"].reshape(-1, 7)[:-1]
    images, width, out_c = fields["images"], fields["out_w"], fields["out_c"]
    lines = int((sections[:, 2] - 1).sum())
    full = int((sections[:, 2] - 1)[sections[:, 5] != fields["edge"]].sum())
    same, stride = fields["start"] == 0, fields["stride"]
    left = sections[0, 4] & 0x3FFF > 0
    inside = width - same - left
    found = {f"lines_{stride}_{int(same)}": images * lines, f"windows_{stride}": images * lines * inside}
    return found | {
        "call": 1, "images": images - 1, "sections": images * len(sections), "left": images * lines * left,
        "pixels": images * lines * width, "pairs": images * full * inside * (out_c // 2),
        "singles": images * full * inside * (out_c % 2), "few": images * (lines * width - full * inside) * out_c,
        f"odd_{stride}": images * lines * (inside % 2),
    }  # fmt: skip
