"""int16 activations: throughout, layer by layer, and as a fix of `max_drop`; exact on the runtimes that have them."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit import backends
from edgekit.errors import InputError, UnsupportedError
from edgekit.frontend.tflite import read, write
from edgekit.graph import Graph
from edgekit.quantization import drafted, quantize
from edgekit.quantization.fixes import fix_of
from edgekit.quantization.improvement import improve, wide_macs
from edgekit.quantization.judge import Judge
from edgekit.quantization.lowering import lower
from edgekit.quantization.rule import rule_of
from edgekit.recipe import QuantizeSection
from edgekit.reference import Simulator, dequantize_array
from edgekit.target import load_targets
from edgekit.verification import verify
from tests.quantization.graphs import covered, one_operator, random_network, samples
from tests.quantization.trained import digits, uneven

LIMIT = 1.0  # points; weights in 8 bits lose some here, which no activation brings back


def sections(**more: object) -> QuantizeSection:
    return QuantizeSection.model_validate(more)


def judge_of_digits(graph: Graph) -> Judge:
    _, x, y, _ = digits()
    return Judge(graph, x, y, 10)


def wide(name: str) -> bool:
    return all(rule_of(node).wide for node in one_operator(name).nodes)


@pytest.mark.parametrize("name", [name for name in covered() if wide(name)])
def test_every_operator_in_int16_is_nearer_to_float_and_exact(name: str) -> None:
    graph = one_operator(name)
    given = samples(graph)
    narrow, found = (quantize(graph, given, sections(activations=kind)) for kind in ("int8", "int16"))
    assert {t.dtype for t in found.activations()} == {"int16"}
    (output,) = graph.outputs
    real = Simulator(graph).run(given)[output].astype(np.float64)
    noise = [
        float(np.square(dequantize_array(Simulator(g).run(given)[output], g.tensors[output]) - real).sum())
        for g in (narrow, found)
    ]
    assert noise[1] <= noise[0]
    assert verify(found, "tflite-micro", samples=2).exact
    assert write(read(write(found), found.name)) == write(found)


@pytest.mark.parametrize("name", [name for name in covered() if not wide(name)])
def test_operators_without_int16_are_refused_by_name(name: str) -> None:
    graph = one_operator(name)
    with pytest.raises(UnsupportedError, match=f"{name}.*\n?.*int16"):
        quantize(graph, samples(graph), sections(activations="int16"))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("outside", [None, "float32"])
def test_layers_of_both_types_meet(seed: int, outside: str | None) -> None:
    """Any choice of layers gives a valid graph, exact where TensorFlow Lite Micro has the operators."""
    graph = random_network(seed)
    rng = np.random.default_rng(seed)
    chosen = tuple(n.name for n in graph.nodes if rule_of(n).wide and rng.integers(2))
    given = samples(graph)
    section = sections(int16=chosen, input_dtype=outside, output_dtype=outside)
    found = quantize(graph, given, section)
    types = {name: t.dtype for name, t in found.tensors.items()}
    for node in found.nodes:
        if node.op.name not in ("quantize", "dequantize"):
            assert (
                len({types[n] for n in node.inputs if n is not None and n in types and n not in constants(found)}) == 1
            )
    for name, kind in zip(graph.inputs, [outside or "int8"] * 9, strict=False):
        assert types[name] == kind
    assert {types[n] for n in found.outputs} == {outside or "int8"}
    if not {"relu_n1_to_1", "prelu"} & {n.op.name for n in found.nodes}:
        assert verify(found, "tflite-micro", given, samples=1).exact


def constants(graph: Graph) -> set[str]:
    return {name for name, tensor in graph.tensors.items() if tensor.is_constant}


def test_unknown_layers_are_named() -> None:
    graph = digits()[0]
    with pytest.raises(InputError, match="no layer has this name"):
        quantize(graph, digits()[3], sections(int16=("nowhere",)))


def test_uneven_channels_lose_in_int8_and_not_in_int16() -> None:
    graph = uneven()
    judge, given = judge_of_digits(graph), digits()[3]
    narrow, found = (judge(quantize(graph, given, sections(activations=kind))) for kind in ("int8", "int16"))
    assert narrow.drop > 30 and found.drop < LIMIT


def test_max_drop_takes_the_layers_that_hurt_and_says_what_they_cost() -> None:
    graph = uneven()
    draft = drafted(graph, digits()[3], sections())
    found = improve(draft, judge_of_digits(graph), LIMIT, ["int16"])
    (plain, first) = found.attempts
    assert plain.drop is not None and plain.drop > 30 and found.drop < LIMIT
    assert found.worst is not None and found.worst.layer in first.about and found.worst.culprit == "activation"
    assert first.arena > 0 and 0 < first.wide_macs < graph.macs() and first.wide_macs == wide_macs(found.graph)
    assert first.macs == 0 and "int16" in found.stopped


def test_int16_is_offered_only_where_targets_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = uneven()
    draft, judge = drafted(graph, digits()[3], sections()), judge_of_digits(graph)
    (last,) = [a for a in improve(draft, judge, LIMIT, ["int16"], refuse=lambda g: "no int16 here").attempts if a.note]
    assert "no int16 here" in last.note and not last.kept
    monkeypatch.setattr("edgekit.quantization.improvement.fixes", lambda: {"int16": fix_of("int16")})
    assert [a.fix for a in improve(draft, judge, LIMIT).attempts] == ["none"]  # nobody knows the targets
    assert [a.fix for a in improve(draft, judge, LIMIT, refuse=lambda g: None).attempts] == ["none", "int16"]
    (step,) = [fix_of("int16").apply(draft, None)]
    for target, taken in (("coral", False), ("jetson-orin-nano", False), ("ambarella", False), ("qemu-m4", True)):
        there = load_targets()[target]
        rejections = backends.backend(there.backend).check(lower(step), there)
        assert bool(rejections) != taken and (taken or "int16" in str(rejections[0]))
