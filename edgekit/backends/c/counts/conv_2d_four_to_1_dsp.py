"""Convolution of four channels into one: outputs by the rows that they read, the last one of a line apart."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    sections = fields["sections"].reshape(fields["count"], -1)
    count, width, rows = sections[:, 0], sections[:, 3], sections[:, 4]
    batches, lines = fields["batches"], int(count.sum())
    return {
        "call": 1, "images": batches, "sections": batches * len(sections), "lines": batches * lines,
        "outputs": batches * int((count * width).sum()), "rows": batches * int((count * width * rows).sum()),
        "last_rows": batches * int((count * rows).sum()),
    }  # fmt: skip
