"""How often the loops of `firmware/include/edgekit/pool_runs.h` run."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.backends.c.counts._window import Fields, axis


@dataclass(frozen=True)
class Pool:
    """Lines of the output; windows one by one, and their rows and values; runs, and the windows in them."""

    lines: int
    alone: int
    rows: int
    values: int
    runs: int
    inside: int

    @staticmethod
    def of(fields: Fields) -> Pool:
        """A kernel for any window has no runs."""
        h, w = axis(fields, "h"), axis(fields, "w")
        batches, general = fields["batches"], "_2d_" + fields["kernel"].rsplit("_", 1)[1]
        runs = 0 if fields["kernel"].endswith(general) or not w.full else batches * h.full
        inside, height, width = runs * w.full, fields["kernel_h"], fields["kernel_w"]
        every = [(rows, columns) for rows in h.inside for columns in w.inside]
        lines = batches * sum(1 if columns == fields["in_w"] else rows for rows, columns in every)
        lines -= inside * (1 if width == fields["in_w"] else height)
        values = batches * sum(rows * columns for rows, columns in every) - inside * height * width
        return Pool(batches * fields["out_h"], batches * len(every) - inside, lines, values, runs, inside)

    def blocks(self, name: str, count: int) -> dict[str, float]:
        """Of so many channels each: one window after the other."""
        return {
            name: self.alone * count, f"rows_of_{name}": self.rows * count, f"values_of_{name}": self.values * count,
        }  # fmt: skip


def limited(fields: Fields) -> bool:
    """Whether a fused activation follows."""
    return bool(fields["low"] > -128 or fields["high"] < 127)
