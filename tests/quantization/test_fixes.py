"""Fixes: that they keep the function, and that they help where they should."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgekit.errors import InputError
from edgekit.graph import Graph
from edgekit.quantization import drafted
from edgekit.quantization.diagnosis import diagnose
from edgekit.quantization.draft import Draft
from edgekit.quantization.fixes import fix_of, fixes
from edgekit.quantization.improvement import improve
from edgekit.quantization.isolation import isolate
from edgekit.quantization.judge import Judge
from edgekit.quantization.layers import layers, with_constants
from edgekit.quantization.lowering import lower
from edgekit.quantization.validation import judge_of
from edgekit.recipe import QuantizeSection
from edgekit.reference import Simulator
from tests.quantization.graphs import Builder, random_network, samples
from tests.quantization.trained import digits, hostile

REWRITING = ("equalization", "bias-absorption")


def draft_of(graph: Graph, **section: object) -> Draft:
    return drafted(graph, digits()[3], QuantizeSection.model_validate(section))


def judge_of_digits(graph: Graph) -> Judge:
    _, x, y, _ = digits()
    return Judge(graph, x, y, 10)


def test_a_hostile_network_becomes_useful_and_its_table_names_the_layer() -> None:
    graph, layer = hostile()
    judge = judge_of_digits(graph)
    assert judge.score is not None and judge.score > 0.9
    found = improve(draft_of(graph), judge, 1.0)
    assert found.attempts[0].fix == "none" and found.attempts[0].drop is not None and found.attempts[0].drop > 30
    assert found.drop <= 1.0 and judge(found.graph).drop == found.drop
    assert found.worst is not None and found.worst.layer == layer
    kept = [a.fix for a in found.attempts if a.kept]
    assert {"equalization", "range-search"} <= set(kept) and "equalization" in found.stopped
    assert all(a.bytes == 0 and a.macs == 0 for a in found.attempts)
    assert found.as_json()["worst"]["layer"] == layer


def test_a_good_network_is_left_alone() -> None:
    graph = digits()[0]
    found = improve(draft_of(graph), judge_of_digits(graph), 1.0)
    assert [a.fix for a in found.attempts] == ["none"] and found.worst is None and "good enough" in found.stopped


def test_what_cannot_be_kept_is_said() -> None:
    graph, _ = hostile()
    found = improve(draft_of(graph), judge_of_digits(graph), 0.0, ["bias-correction"])
    assert "every fix was tried" in found.stopped and found.drop > 0


@pytest.mark.parametrize("name", REWRITING)
@pytest.mark.parametrize("per_channel", [True, False])
def test_rewritten_graphs_compute_the_same(name: str, per_channel: bool) -> None:
    graph, _, _, calibration = digits()
    draft = fix_of(name).apply(draft_of(graph, per_channel=per_channel), None)
    if name == "equalization":
        assert draft.graph is not graph
    part = {"x": calibration["x"][:32]}
    (output,) = graph.outputs
    expected = Simulator(graph).run(part)[output]
    np.testing.assert_allclose(Simulator(draft.graph).run(part)[output], expected, atol=1e-4 * np.abs(expected).max())


def test_equalization_before_relu6_keeps_the_function_too() -> None:
    b = Builder((1, 6, 6, 3), 3)
    w = b.constant(b.rng.normal(0, 1, (8, 3, 3, 3)) * np.geomspace(0.01, 3, 8)[:, None, None, None])
    x = b.op("conv_2d", "x", w, b.normal(8), activation="relu6")
    x = b.op("depthwise_conv_2d", x, b.normal(1, 3, 3, 8), b.normal(8), activation="relu6")
    graph = b.done(b.conv(x, 4, 1))
    draft = drafted(graph, samples(graph), QuantizeSection())
    other = fix_of("equalization").apply(draft, None)
    assert other.graph.fingerprint() != graph.fingerprint()
    (output,) = graph.outputs
    expected, found = (Simulator(g).run(samples(graph))[output] for g in (graph, other.graph))
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())
    before, after = (isolate(d)[1].activation for d in (draft, other))
    assert after > before + 1


def test_absorbed_biases_shrink_ranges() -> None:
    b = Builder((1, 5, 5, 3), 1)
    x = b.op("conv_2d", "x", b.normal(4, 1, 1, 3, spread=0.1), b.constant([5, 6, 7, 8]), activation="relu")
    graph = b.done(b.op("conv_2d", x, b.normal(4, 3, 3, 4), b.normal(4), padding="valid"))
    draft = drafted(graph, samples(graph), QuantizeSection())
    other = fix_of("bias-absorption").apply(draft, None)
    assert other.ranges[x][1] < draft.ranges[x][1] / 2
    (output,) = graph.outputs
    expected, found = (Simulator(g).run(samples(graph))[output] for g in (graph, other.graph))
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("name", ["bias-correction", "bias-correction-analytic", "adaround"])
def test_fixes_of_weights_help_where_weights_are_the_trouble(name: str) -> None:
    if name == "adaround":
        pytest.importorskip("torch")
    graph = digits()[0]
    for layer in layers(graph)[1:4]:  # one large weight per layer leaves few steps to the others
        weights = layer.weights.copy()
        weights.reshape(-1)[0] = 6 * np.abs(weights).max()
        graph = with_constants(graph, layer.node, weights, layer.bias)
    draft = draft_of(graph, per_channel=False)
    judge = Judge(graph, digits()[1])
    assert "agreement" in judge.measure
    before, after = judge(lower(draft)), judge(lower(fix_of(name).apply(draft, None)))
    assert after.sqnr > before.sqnr + 0.5
    if name == "adaround":  # which corrects biases as well, so that it has to be better than that alone
        assert after.sqnr > judge(lower(fix_of("bias-correction").apply(draft, None))).sqnr + 0.2


def test_every_fix_takes_every_network() -> None:
    """Random operators, several outputs, shared constants: whatever the draft becomes, it lowers and runs."""
    for seed in range(4):
        graph = random_network(seed)
        draft = drafted(graph, samples(graph), QuantizeSection())
        for name, fix in fixes().items():
            if name == "adaround":
                continue
            lowered = lower(fix.apply(draft, None))
            assert Simulator(lowered).run({"x": samples(graph)["x"][:2]}).keys() == set(lowered.outputs)


def test_unknown_fixes_are_refused() -> None:
    with pytest.raises(InputError, match="no fix is named 'magic'"):
        fix_of("magic")


def test_isolation_finds_weights_and_activations() -> None:
    graph, layer = hostile()
    found = {one.layer: one for one in isolate(draft_of(graph))}
    assert min(found.values(), key=lambda one: one.sqnr).layer == layer
    (only,) = isolate(draft_of(graph), only=layer)
    assert only == found[layer]


def test_diagnosis_names_the_fix_that_helps() -> None:
    graph, layer = hostile()
    found = diagnose(draft_of(graph), judge_of_digits(graph), ["equalization", "bias-correction"]).as_json()
    assert found["worst"]["layer"] == layer and found["best"] == "equalization" and found["drop"] > 30
    rows = {row["layer"]: row for row in found["layers"]}
    assert rows[layer]["dead"] < 0.5 and rows[layer]["alone"]["sqnr"] == found["worst"]["sqnr"]


def test_judges_by_labels_and_without(tmp_path: Path) -> None:
    graph, x, y, _ = digits()
    np.savez(tmp_path / "labelled.npz", x=x["x"][:50], y=y[:50])
    np.savez(tmp_path / "plain.npz", x=x["x"][:50])
    assert judge_of(graph, tmp_path / "labelled.npz").measure.startswith("accuracy on 50 labelled")
    judge = judge_of(graph, tmp_path / "plain.npz")
    assert "agreement" in judge.measure and judge.score is None
    np.savez(tmp_path / "wrong.npz", x=x["x"][:50], y=y[:50] + 5)
    with pytest.raises(InputError, match="tells 10 classes apart"):
        judge_of(graph, tmp_path / "wrong.npz")
    verdict = judge(lower(draft_of(graph)))
    nearly = replace(verdict, sqnr=verdict.sqnr - 1)
    assert verdict.beats(nearly) and not nearly.beats(verdict)
