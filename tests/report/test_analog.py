"""The page about analog chips: every figure of the manifest, and a plot that holds them."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from edgekit.report import analog

TIMES = ((1.0, 0.97, 0.01), (3600.0, 0.95, 0.02), (86400.0, 0.94, 0.02), (31536000.0, 0.9, 0.05))


def scored(metric: str = "accuracy", scale: float = 1.0) -> dict[str, Any]:
    rows = [
        {"seconds": s, "mean": m * scale, "deviation": d * scale, "lowest": (m - d) * scale, "highest": (m + d) * scale,
         "agreement": 0.91} for s, m, d in TIMES
    ]  # fmt: skip
    return {
        "metric": metric, "samples": 1000, "chips": 7, "float": 0.98 * scale, "converters": 0.975 * scale, "times": rows
    }  # fmt: skip


def facts(found: dict[str, Any]) -> dict[str, Any]:
    row = {"layer": "<b>", "op": "conv_2d", "tiles": 2, "utilization": 0.5}
    shape = {"tile_rows": 256, "tile_columns": 128}
    about = {"tiles": 2, "devices": 12345, "utilization": 0.5, "macs_on_crossbars": 0.9, "layers": [row]}
    return {"artifact": {"analog": {**about, "options": shape, "accuracy": found}}}


def test_the_page_has_every_figure() -> None:
    page = analog.section(facts(scored()))
    for wanted in ("7 chips", "98.00%", "97.50%", "94.00%", "2.00%", "1 year", "12,345", "256 × 128", "&lt;b&gt;"):
        assert wanted in page
    assert "<b>" not in page
    missing = analog.section(facts({"status": "NOT RUN", "reason": "no labelled test data"}))
    assert "NOT RUN" in missing and "svg" not in missing
    assert analog.section({"artifact": {}}) == ""


@pytest.mark.parametrize("metric, scale", [("accuracy", 1.0), ("mean squared error", 40.0), ("accuracy", 1e-3)])
def test_the_plot_holds_every_point_in_order(metric: str, scale: float) -> None:
    root = ElementTree.fromstring(analog.plot(scored(metric, scale)))
    points = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in root.findall("circle")]
    assert [p[0] for p in points] == sorted(p[0] for p in points) and len(points) == len(TIMES)
    assert [p[1] for p in points] == sorted(p[1] for p in points)  # falling scores
    assert all(0 < x < analog.WIDTH and 0 < y < analog.HEIGHT for x, y in points)
    ys = [float(line.attrib[k]) for line in root.findall("line") for k in ("y1", "y2")]
    assert all(analog.TOP - 1 <= y <= analog.HEIGHT - analog.BOTTOM + 1 for y in ys)


@pytest.mark.parametrize(
    "seconds, said",
    [(1, "1 second"), (25, "25 seconds"), (3600, "1 hour"), (172800, "2 days"), (31536000, "1 year"), (0, "0 seconds")],
)
def test_times_for_people(seconds: float, said: str) -> None:
    assert analog.span(seconds) == said
