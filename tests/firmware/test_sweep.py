"""The sweep over layers: all classes, verdicts that follow from figures, and layers that must stay within."""

from __future__ import annotations

import json

import pytest

from benchmarks import bounds, sweep
from benchmarks.sweep_table import show
from tests.firmware.proof import options_for


def test_a_few_of_every_class(capsys: pytest.CaptureFixture[str]) -> None:
    options_for("qemu-m4")
    sweep.main(["--core", "m4", "--every", "150", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in rows} == set(sweep.KINDS)
    for row in rows:
        over = row["per_mac"] > row["limit"]
        why = "bounded" if row["bound"] > row["limit"] else "argued" if row["argued"] > row["limit"] else "OUTSIDE"
        assert row["verdict"] == (why if over else "") and row["argued"] >= row["bound"]
        assert row["per_mac"] >= row["bound"] or any(word in row["kernel"] for word in sweep.FEWER_PRODUCTS)
        above = over and row["per_mac"] >= row["bound"]
        assert row["factor"] == (pytest.approx(row["per_mac"] / max(row["limit"], row["bound"])) if above else None)
        assert row["per_mac"] <= row["cycles_per_mac"] < 3 * row["per_mac"], "on the M4 none takes less than one"
        assert row["cycles"] / row["cycles_per_mac"] == pytest.approx(row["instructions"] / row["per_mac"])
    assert [row["per_mac"] / row["limit"] for row in rows] == sorted(
        (row["per_mac"] / row["limit"] for row in rows), reverse=True
    )


WITHIN = [  # one of each class that has been outside
    sweep.conv((5, 5), 1, 4, 16, (12, 12)),
    sweep.conv((7, 7), 1, 1, 8, (12, 12)),
    sweep.conv((1, 9), 1, 8, 8, (1, 100)),
    sweep.conv((7, 7), 1, 64, 4, (12, 12)),
    sweep.depthwise((5, 5), 1, 16, 1, (12, 12)),
    sweep.depthwise((3, 3), 1, 1, 8, (12, 12)),
    sweep.connected(256, 2, 1),
    sweep.conv((3, 3), 2, 1, 1, (13, 13)),
]


def test_layers_that_stay_within() -> None:
    options_for("qemu-m4")
    found = sweep.sweep([layer for layer in WITHIN if layer is not None], "m4")
    assert len(found) == len(WITHIN)
    assert not {f.layer.name: f.per_mac for f in found if f.verdict}


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Cycles beside instructions, `-` where there are none; factors of those over their limit."""
    layer = sweep.connected(8, 2, 4)
    some = [sweep.Found(layer, "x", n, cycles, 1.5, bound, bound) for n, cycles, bound in
            ((64, 90.0, 0.5), (128, 192.0, 1.0), (256, None, 2.0), (192, 300.0, 0.5))]  # fmt: skip
    assert [found.factor for found in some] == [None, 128 / 96, 2.0, 2.0]
    show(some, "fully_connected", 4)
    shown = capsys.readouterr().out.splitlines()
    assert shown[2].split() == ["layer", "instructions", "per", "MAC", "cycles", "per", "MAC", "bound", "kernel"]
    assert ["8->2", "b4", "256", "4.000", "-", "-", "2.000", "bounded", "x"] in [line.split() for line in shown]
    assert ["8->2", "b4", "128", "2.000", "192", "3.000", "1.000", "OUTSIDE", "x"] in [line.split() for line in shown]
    assert (
        shown[-1] == "3 over the limit, above the larger of it and their bound by a factor of 2.000 at the median, "
        "2.000 at the worst: 8->2 b4"
    )
    show(some[:1], "fully_connected", 4)
    assert capsys.readouterr().out.endswith("none is over the limit\n")


def test_products_of_an_instruction() -> None:
    """Four where windows overlap, as two sums may share a register; two elsewhere, so that one may be left over."""
    overlapping, apart = bounds.Shape("conv", 1, 1, 1, 9, 1, 9, {9: 1}), bounds.Shape("conv", 1, 1, 1, 9, 9, 9, {1: 1})
    assert bounds.least("m4", apart) - bounds.least("m4", overlapping) == 5 - 9 / 4


def test_few_outputs_on_helium() -> None:
    """Layers that are within, and some that no form could bring there."""
    options_for("qemu-m55")
    within = ((33, 2, 4), (30, 2, 4), (16, 16, 1), (100, 2, 1))
    bounded = ((16, 3, 4), (30, 1, 4), (30, 4, 1), (64, 2, 1), (100, 1, 1))
    pictures = [sweep.conv((1, 1), 2, in_c, out_c, (13, 13)) for in_c, out_c in ((16, 1), (24, 1), (16, 3))]
    layers = [sweep.connected(*shape) for shape in (*within, *bounded)] + [p for p in pictures if p is not None]
    found = {f.layer.name: f for f in sweep.sweep(layers, "m55")}
    assert [found[layer.name].verdict for layer in layers] == [""] * 4 + ["bounded"] * 5 + [""] * 3
    assert all(f.per_mac >= f.bound for f in found.values())


def test_what_is_not_here_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sweep.shutil, "which", lambda name: None)
    sweep.main([])
    assert "NOT RUN: arm-none-eabi-gcc" in capsys.readouterr().out
