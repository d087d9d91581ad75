"""The Helium kernels on an emulated Cortex-M55: the simulator's integers, whatever the shape, scales and data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit import plugins
from edgekit.backends.c import memory
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import calls_of, candidates_of
from edgekit.backends.c.forms.mve import _patches, _requantize
from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.sub import Sub
from edgekit.planner import Plan
from edgekit.reference.arithmetic import divide_by_power_of_two, high_mul, multiply
from tests.firmware.cases import operator_cases
from tests.firmware.proof import Case, first_forms, prove
from tests.firmware.shapes import layer_graph

TARGET = "qemu-m55"
FORMS = plugins.modules("edgekit.backends.c.forms.mve")
OPERATORS = sorted({getattr(m, "OPERATOR", n) for n, m in FORMS.items() if not hasattr(m, "KERNEL")})
GUARD = 64


SCALES = ((1e-3, 0.3), (1e-3, 0.02), (1.0, 1e-3), (1e-7, 1.0))  # plain shifts, those of small sums, left, very large
DEPTHWISE = (((3, 3), 1), ((3, 3), 2), ((2, 5), 1), ((1, 1), 1), ((2, 3), 1), ((4, 4), 2), ((5, 5), 1))
ACTIVATIONS: tuple[Activation, ...] = ("none", "relu6")
ONE, TWO, THREE = (1, 1), (2, 2), (3, 3)
# height, width, input and output channels (filters a channel), kernel, stride, dilation
CONVOLUTIONS = (
    (9, 9, 3, 8, THREE, TWO, ONE), (9, 8, 3, 16, THREE, ONE, ONE), (12, 6, 1, 9, (10, 4), TWO, ONE),
    (8, 8, 1, 6, (5, 5), ONE, ONE), (6, 7, 4, 8, THREE, ONE, ONE), (6, 7, 7, 12, (2, 3), (1, 2), (2, 1)),
    (5, 5, 9, 5, THREE, ONE, ONE), (5, 9, 16, 16, (1, 3), ONE, ONE), (6, 6, 33, 9, THREE, TWO, ONE),
    (4, 4, 70, 11, THREE, ONE, ONE), (1, 9, 8, 8, THREE, ONE, ONE), (9, 1, 8, 10, THREE, ONE, ONE),
    (8, 8, 6, 8, TWO, TWO, ONE), (8, 8, 6, 8, TWO, THREE, ONE), (9, 9, 5, 4, THREE, ONE, TWO),
    (3, 40, 2, 8, (3, 7), (1, 2), ONE), (16, 9, 8, 3, (16, 1), ONE, ONE), (20, 3, 5, 8, (20, 2), ONE, ONE),
)  # fmt: skip
DEPTHWISE_WINDOWS = (
    (3, 3, 20, 1, THREE, ONE, ONE), (6, 6, 36, 1, THREE, TWO, ONE), (9, 9, 16, 1, (5, 5), ONE, ONE),
    (9, 9, 18, 1, (7, 7), TWO, ONE), (7, 7, 16, 1, THREE, ONE, TWO), (9, 8, 8, 1, (3, 2), (2, 1), (1, 3)),
    (1, 9, 12, 1, THREE, ONE, ONE), (9, 1, 12, 1, THREE, ONE, ONE), (9, 1, 5, 1, (3, 1), ONE, ONE),
    (3, 3, 8, 1, THREE, THREE, ONE), (5, 5, 6, 2, THREE, ONE, ONE), (5, 6, 17, 3, THREE, TWO, ONE),
    (5, 5, 1, 8, THREE, ONE, ONE), (9, 7, 4, 1, (1, 3), ONE, ONE), (9, 7, 4, 1, (3, 1), (1, 3), ONE),
    (9, 9, 24, 1, TWO, TWO, ONE), (4, 4, 3, 1, THREE, TWO, ONE), (9, 12, 1, 8, (10, 8), TWO, ONE),
    (2, 2, 4, 1, (9, 9), ONE, ONE), (30, 40, 4, 1, THREE, (2, 1), ONE), (1, 1, 20, 1, THREE, ONE, ONE),
)  # fmt: skip
# height, width, input and output channels, stride, dilation
POINTWISE = (
    (7, 7, 24, 10, TWO, ONE), (8, 8, 24, 10, TWO, ONE), (8, 7, 24, 10, TWO, ONE), (9, 9, 1, 9, TWO, ONE),
    (3, 3, 1, 9, TWO, ONE), (2, 1, 3, 5, TWO, ONE), (6, 10, 3, 17, (1, 3), ONE), (9, 5, 20, 8, (3, 1), TWO),
    (5, 5, 65, 12, TWO, ONE), (5, 7, 100, 4, TWO, ONE), (9, 9, 16, 8, TWO, ONE), (5, 9, 2, 8, (1, 2), ONE),
    (1, 1, 17, 3, TWO, ONE), (7, 7, 36, 64, (3, 2), ONE), (5, 5, 15, 8, THREE, ONE),
)  # fmt: skip
PICTURES = (((3, 3), 1), ((6, 6), 1), ((6, 6), 2), ((25, 5), 1), ((41, 50), 1), ((50, 47), 2))  # the last in bands


def shaped() -> Iterator[Case]:
    """Every path of the blocking: windows around 16 and 64 bytes, channels around 8, the general requantization."""
    rng = np.random.default_rng(5)
    for i, in_c in enumerate((1, 3, 15, 16, 17, 31, 32, 47, 48, 64, 65, 80, 96, 112, 128, 144)):
        out_c = int(rng.integers(1, 20))
        for shape, kernel in (((1, 3, 4), (1, 1)), ((2, 4, 5), (3, 2))):
            for scale in (SCALES[0], *SCALES[2:]) if i % 4 == 3 else SCALES[:1]:
                yield _case("conv_2d", (*shape, in_c), out_c, kernel, scale, rng)
        yield _case("fully_connected", (1 + i % 3, in_c), out_c, (1, 1), (1e-3, 0.4), rng)
    for channels in (1, 7, 8, 9, 16, 17, 33):
        for kernel, stride in DEPTHWISE:
            shape = (int(rng.integers(1, 3)), *rng.integers(2, 14, 2).tolist(), channels)
            yield _case("depthwise_conv_2d", shape, channels, kernel, SCALES[int(rng.integers(0, 4))], rng, stride)
    for size, stride in PICTURES:
        yield _case("depthwise_conv_2d", (1, *size, 17), 17, (3, 3), SCALES[1], rng, stride)
    yield from few_channels()
    yield from pointwise_strides()
    yield from windows()


def pointwise_strides() -> Iterator[Case]:
    """1x1 convolutions with strides: pixels that end the input, or would be read beyond it, or neither."""
    rng = np.random.default_rng(9)
    for i, (height, width, in_c, out_c, stride, dilation) in enumerate(POINTWISE):
        x = (1 + i % 3, height, width, in_c)
        op = Conv2D(stride, dilation, "valid" if i % 2 else "same", ACTIVATIONS[i // 2 % 2])
        yield Case(f"pointwise_{i}", _random(op, x, (out_c, 1, 1, in_c), 0, i, rng), i, 2, GUARD)


def few_channels() -> Iterator[Case]:
    """1x1 convolutions with more than one form."""
    rng = np.random.default_rng(6)
    for in_c in (1, 3, 4, 8, 15, 16, 32, 64):
        for scale in SCALES[:2]:
            shape = (int(rng.integers(1, 3)), *rng.integers(3, 8, 2).tolist(), in_c)
            yield _case("conv_2d", shape, 4 * int(rng.integers(1, 5)), (1, 1), scale, rng)


def windows() -> Iterator[Case]:
    """Windows that share columns or do not: strides, dilations, padding, pictures one pixel wide, several filters a
    channel; channels around 4, 8 and 16, with the general requantization now and then."""
    rng = np.random.default_rng(8)
    for i, (height, width, in_c, out_c, kernel, stride, dilation) in enumerate(CONVOLUTIONS):
        x = (1 + i % 2, height, width, in_c)
        op = Conv2D(stride, dilation, _padding(i, x, kernel, dilation), ACTIVATIONS[i % 2])
        yield Case(f"window_{i}", _random(op, x, (out_c, *kernel, in_c), 0, i, rng), i, 2, GUARD)
    for i, (height, width, in_c, many, kernel, stride, dilation) in enumerate(DEPTHWISE_WINDOWS):
        x = (1 + i % 2, height, width, in_c)
        depthwise = DepthwiseConv2D(stride, dilation, _padding(i, x, kernel, dilation), ACTIVATIONS[i % 2])
        yield Case(f"depthwise_{i}", _random(depthwise, x, (1, *kernel, in_c * many), 3, i, rng), i, 2, GUARD)


def _padding(i: int, x: tuple[int, ...], kernel: tuple[int, int], dilation: tuple[int, int]) -> Padding:
    fits = all((kernel[j] - 1) * dilation[j] < x[1 + j] for j in range(2))
    return "valid" if fits and i % 3 == 0 else "same"


def _random(op: Conv2D | DepthwiseConv2D, x: tuple[int, ...], w: tuple[int, ...], axis: int, i: int,
            rng: np.random.Generator) -> Graph:  # fmt: skip
    b = Builder("window", x, int(rng.integers(1000)))
    graph = b.ended(b.weighted(op, "input", w, axis))
    if i % 5 == 4:  # left shifts
        for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
            q = t.quantization
            assert q is not None
            graph.tensors[t.name] = replace(t, quantization=replace(q, scale=q.scale * np.float32(1 << 14)))
    return graph


def _case(operator, shape, out_c, kernel, scale, rng, stride=1) -> Case:  # type: ignore[no-untyped-def]
    _case.count = getattr(_case, "count", 0) + 1  # type: ignore[attr-defined]
    graph: Graph = layer_graph(operator, shape, out_c, kernel, stride, scale, rng)
    return Case(f"shaped_{_case.count}", graph, _case.count, 2, GUARD)  # type: ignore[attr-defined]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases = list(shaped())
    for operator in OPERATORS:
        cases += list(operator_cases(operator, 0, 12, GUARD))
    prove(cases, TARGET, tmp_path / "program")


def test_channels_of_every_kind(tmp_path: Path) -> None:
    """In one layer: channels that multiplications requantize, constants, and some whose shifts stay shifts."""
    cases, rng = [], np.random.default_rng(7)
    for operator in ("conv_2d", "depthwise_conv_2d", "fully_connected"):
        for kinds in ((1.0, 2.0**-24), (1.0, 2.0**-24, 2.0**-12, 2.0**9)):
            shape, kernel = ((3, 80), (1, 1)) if operator == "fully_connected" else ((1, 5, 7, 12), (3, 3))
            graph = layer_graph(operator, shape, 12, kernel, 1, (1e-3, 0.02), rng)
            for name in "wb":
                q = graph.tensors[name].quantization
                assert q is not None
                scales = q.scale * np.resize(np.float32(kinds), 12)
                graph.tensors[name] = replace(graph.tensors[name], quantization=replace(q, scale=scales))
            (call,) = calls_of(graph, "cortex-m55")
            assert isinstance(call, Call)
            if operator != "depthwise_conv_2d":  # which decides channel by channel
                assert (call.fields.get("steps") == 2) == (len(kinds) > 2)
            cases.append(Case(f"{operator}_{len(kinds)}", graph, samples=4, guard=GUARD))
    prove(cases, TARGET, tmp_path / "program")


def test_other_candidates_are_exact_too(tmp_path: Path) -> None:
    """What the cost model has to choose from beside the first form."""
    cases = []
    for case in (*few_channels(), *windows()):
        node = case.graph.nodes[0]
        found = [c for c in candidates_of(case.graph, node, "cortex-m55") if isinstance(c, Call) and "_mve" in c.kernel]
        cases += [replace(case, name=f"{case.name}_{i}", candidate=i) for i in range(1, len(found))]
    kernels = {first_forms(c.graph, "cortex-m55", c.candidate)[0].kernel for c in cases}  # type: ignore[union-attr]
    assert kernels >= {
        "conv_2d_bands_mve", "conv_2d_mve", "conv_2d_mve_gather", "depthwise_conv_2d_strips_mve", "pointwise_mve_16",
    }  # fmt: skip
    prove(cases, TARGET, tmp_path / "program")


def test_pixels_are_windows_where_they_lie() -> None:
    """With strides too; in scratch are only those after which the input ends too early."""
    found = []
    for case in pointwise_strides():
        (call,) = first_forms(case.graph, "cortex-m55")
        assert isinstance(call, Call) and call.kernel in ("conv_2d_mve", "conv_2d_mve_rest"), case.name
        f = {name: int(value) for name, value in call.fields.items() if isinstance(value, int)}
        pixels = np.arange(f["batches"] * f["in_h"] * f["in_w"]).reshape(f["batches"], f["in_h"], f["in_w"])
        starts = pixels[:, :: f["stride_h"], :: f["stride_w"]][:, : f["out_h"], : f["out_w"]] * f["in_c"]
        beyond = starts + 64 * f["chunks"] + 16 * f["rest"] > pixels.size * f["in_c"]
        assert f["pixels"] == np.count_nonzero(beyond) and (call.kernel == "conv_2d_mve") == (f["pixels"] == 0)
        found.append((f["pixels"] > 0, f["pixels"] > f["out_w"], f["pixels"] == starts.size, f["passes"] > 0))
    assert all(set(kind) == {False, True} for kind in zip(*found, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("operator", OPERATORS)
def test_many_random_layers(operator: str, tmp_path: Path) -> None:
    prove(list(operator_cases(operator, 1000, 150, GUARD)), TARGET, tmp_path / "program")


def test_every_layer_takes_its_helium_form() -> None:
    for operator in OPERATORS:
        kernels = [c.kernel for case in operator_cases(operator, 0, 20) for c in first_forms(case.graph, "cortex-m55")]  # type: ignore[union-attr]
        assert any("_mve" in k for k in kernels), (operator, kernels)


PAIRS = ((0.7, 0.013, 0.9), (1.0, 0.7, 2.0), (1.0, 1.0, 1.0), (1.0, 0.0123, 2.0), (0.3, 0.29, 0.61))


@pytest.mark.parametrize("operator", ["add", "sub", "mul"])
def test_every_pair(operator: str, tmp_path: Path) -> None:
    """All 65,536 pairs of int8, scales far apart, equal ones and powers of two, whose sums meet every tie."""
    values = np.arange(-128, 128, dtype=np.int8)
    inputs = {"a": np.repeat(values, 256)[None], "b": np.tile(values, 256)[None]}
    cases, exact = [], set()
    for i, scales in enumerate(PAIRS):
        graph = _binary(operator, scales, (5, -7, 3) if i % 2 else (-128, 127, -1))
        cases.append(Case(f"pairs_{i}", graph, samples=1, inputs=inputs))
        (call,) = calls_of(graph, "cortex-m55")
        assert isinstance(call, Call) and call.kernel in ("add_mve", "mul_mve")
        exact.add(call.fields.get("out_second") != 0)
    assert operator == "mul" or exact == {True, False}  # both roundings are there
    prove(cases, TARGET, tmp_path / "program")


@pytest.mark.parametrize("activation", ["none", "relu"])  # a clamp inside int8 leaves all values to the loop of 4
def test_sums_of_any_count(activation: Activation, tmp_path: Path) -> None:
    """Rounds of 8 begin with 16 values; the last 8 to 15 are not of them."""
    cases = []
    for i, count in enumerate((1, 7, 8, 15, 16, 17, 23, 24, 25, 31, 32, 47)):
        for operator in ("add", "sub"):
            graph = _binary(operator, (0.3, 0.29, 0.41), (5, -7, 3), count, activation)
            (call,) = calls_of(graph, "cortex-m55")
            assert isinstance(call, Call) and call.kernel == "add_mve"
            assert call.fields["out_second"] != 0 and (call.fields["low"] == -128) == (activation == "none")
            name = f"{operator}_{count}"
            cases += [Case(name, graph, i, guard=GUARD), Case(f"{name}_unguarded", graph, i)]
    prove(cases, TARGET, tmp_path / "program")


def _binary(
    operator: str, scales: tuple[float, float, float], zeros: tuple[int, int, int], count: int = 65536,
    activation: Activation = "none",
) -> Graph:  # fmt: skip
    ops: dict[str, Operator] = {"add": Add(activation), "sub": Sub(activation), "mul": Mul()}
    scales = (*scales[:2], scales[0] * scales[1] * 128) if operator == "mul" else scales
    graph = Graph("pairs", inputs=["a", "b"], outputs=["y"])
    for name, scale, zero in zip("aby", scales, zeros, strict=True):
        graph.add(Tensor(name, (1, count), "int8", Quantization.per_tensor(scale, zero)))
    graph.nodes = [Node(ops[operator], ("a", "b"), ("y",))]
    graph.validate()
    return graph


@pytest.mark.parametrize("e", range(1, 12))
def test_second_rounding_by_multiplication(e: int) -> None:
    """All ties of the int8 range and their neighbours, both ends of the range of exact quotients, and of int32."""
    limit = 1 << (31 - e)
    ties = (np.arange(-1200, 1200, dtype=np.int64) * 2 + 1) << (e - 1)
    t = np.concatenate([ties + d for d in (-1, 0, 1)] + [s * limit + np.arange(-3, 4) for s in (-1, 1)])
    t = np.concatenate([t, np.random.default_rng(e).integers(-(1 << 31), 1 << 31, 20_000)])
    t = t[(t >= -(1 << 31)) & (t < 1 << 31)]
    want, got = divide_by_power_of_two(t, e), high_mul(t, _requantize.divider(e))
    inside = np.abs(t) < limit
    assert np.array_equal(want[inside], got[inside])
    assert np.array_equal(np.clip(want, -256, 256), np.clip(got, -256, 256))


@pytest.mark.parametrize("shift", range(-31, 3))
@pytest.mark.parametrize("m", [1 << 30, 1_518_500_249, (1 << 31) - 1])
def test_factor_is_exact_where_it_is_claimed(shift: int, m: int) -> None:
    """Accumulators around every tie, as far as the reach goes; several reaches, the whole of int32 among them."""
    ties = (np.arange(-300, 300) + 0.5) * 2.0 ** (31 - shift) / m
    near = np.rint(np.clip(ties, -(2.0**31), 2.0**31))[:, None].astype(np.int64) + np.arange(-3, 4)
    claimed = 0
    for reach in (1 << 12, 1 << 20, 1 << 26, 1 << 31):
        a = np.clip(np.append(near, [-reach, reach - 1]), -reach, reach - 1)
        for clamp in ((-256, 256), (0, 255), (-255, 0)):
            second = _requantize.factor(m, shift, (-reach, reach - 1), clamp)
            if second:
                claimed += 1
                got = np.clip(high_mul(high_mul(a, m), second), *clamp)
                assert np.array_equal(got, np.clip(multiply(a, m, shift), *clamp)), (reach, clamp)
    assert claimed == 12 if -11 <= shift <= -1 else claimed == 0 if shift >= 0 else claimed < 12


def test_constant_channels() -> None:
    """A multiplier too small for any input to move the output, beside one that is not."""
    weights = np.full((2, 9), 3, np.int8)
    fields = {"in_zero": 4, "out_zero": -3, "low": -128, "high": 127, "bias": np.array([900, 900]),
              "multiplier": np.array([1 << 30, 1 << 30]), "shift": np.array([-28, -6])}  # fmt: skip
    found = _requantize.fold(fields, weights)
    assert not found.weights[0].any() and np.array_equal(found.weights[1], weights[1])
    assert np.all(found.second > 0)


@pytest.mark.parametrize("stride", [1, 2])
def test_order_of_patches(stride: int) -> None:
    """Every place is written last by a right value; only pictures of a few outputs have no such order."""
    without = [(h, w) for h in range(1, 15) for w in range(1, 15) if _patches.order(h, w, stride) is None and h * w > 8]
    assert all(min(h, w) == 1 for h, w in without) and (stride == 1 or not without), without
    table = _patches.order(3, 3, stride)
    assert table is not None and set(table.reshape(-1)) == set(range(9))


@pytest.mark.parametrize("width", [1820, 1822])
def test_strips_have_offsets_of_16_bits(width: int) -> None:
    """The last window of a row of columns of 9 words begins below 65,536 bytes, or another form is taken."""
    op = DepthwiseConv2D()
    graph = _random(op, (1, 9, width, 2), (1, 9, 9, 2), 3, 0, np.random.default_rng(0))
    found = candidates_of(graph, graph.nodes[0], "cortex-m55")
    kernels = [c.kernel for c in found if isinstance(c, Call)]
    assert ("depthwise_conv_2d_strips_mve" in kernels) == (width < 1822), kernels
    for shape in ((2, 3), (2, 9)):  # kernel rows outside the image are none of the strip's
        graph = _random(op, (1, *shape, 4), (1, 5, 3, 4), 3, 0, np.random.default_rng(0))
        calls = [c for c in candidates_of(graph, graph.nodes[0], "cortex-m55") if isinstance(c, Call)]
        (strip,) = [c for c in calls if c.kernel == "depthwise_conv_2d_strips_mve"]
        assert strip.fields["kernel_h"] == 3


def test_buffers_are_aligned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The direct convolution loads words of its input: the memory map keeps every buffer at a multiple of 16."""
    rng = np.random.default_rng(0)
    graph = layer_graph("conv_2d", (1, 3, 3, 5), 7, (3, 3), 1, (1e-3, 0.3), rng)
    calls = calls_of(graph, "cortex-m55")
    for guard in (0, 1):
        found = memory.memory_map(graph, calls, guard)
        assert all(offset % 16 == 0 for offset in (*found.tensors.values(), *found.scratch.values()))
    monkeypatch.setattr(memory, "plan", lambda buffers, overlaps: Plan({b.name: 8 for b in buffers}, 99, 0, "none"))
    with pytest.raises(AssertionError, match="multiple of 16"):
        memory.memory_map(graph, calls)
