"""The harder operators once more, in scalar Python, written from docs/arithmetic.md alone: equal to the simulator.

This is a test of the page: whoever implements its text gets the same integers. Nothing here calls `edgekit.reference`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.hard_swish import HardSwish
from edgekit.graph.ops.logistic import Logistic
from edgekit.graph.ops.mean import Mean
from edgekit.graph.ops.resize_bilinear import ResizeBilinear
from edgekit.graph.ops.softmax import Softmax
from edgekit.graph.ops.tanh import Tanh
from edgekit.reference import simulate

LOW, HIGH = -(1 << 31), (1 << 31) - 1
EVERY = range(-128, 128)


def rounded(x: float) -> int:
    return int(math.copysign(math.floor(abs(x) + 0.5), x))


def clamp(x: int, low: int = -128, high: int = 127) -> int:
    return min(max(x, low), high)


def multiplier(real: float) -> tuple[int, int]:
    f, e = math.frexp(real)
    m = rounded(f * 2**31)
    if m == 1 << 31:
        m, e = m // 2, e + 1
    return (0, 0) if e < -31 else (m, e)


def hm(a: int, m: int) -> int:
    return min((a * m + (1 << 30)) >> 31, HIGH)


def divide(x: int, n: int) -> int:
    return int(math.copysign((2 * abs(x) + (1 << n)) >> (n + 1), x))


def multiply(a: int, m: int, e: int) -> int:
    shifted = (a << max(e, 0)) + (1 << 31)
    return divide(hm(shifted % (1 << 32) - (1 << 31), m), max(-e, 0))


def q(value: float, n: int) -> int:
    return min(rounded(value * 2.0 ** (31 - n)), HIGH)


def up(x: int, bits: int) -> int:
    return clamp(x << bits, LOW, HIGH)


def exp(x: int, n: int) -> int:
    if x == 0:
        return HIGH
    quarter = 1 << (29 - n)
    f = x % quarter - quarter
    g = f - x
    y, c = up(f, n) + (1 << 28), q(math.exp(-1 / 8), 0)
    y2 = hm(y, y)
    y3, y4 = hm(y2, y), hm(y2, y2)
    tail = hm(divide(y4, 2) + y3, q(1 / 3, 0)) + y2
    result = c + hm(c, y + divide(tail, 1))
    for power in range(-2, n):
        if g >> (31 - n + power) & 1:
            result = hm(result, q(math.exp(-(2.0**power)), 0))
    return result


def two_over_one_plus(x: int) -> int:
    d = (x + (1 << 31)) // 2
    y = q(48 / 17, 2) + hm(d, -q(32 / 17, 2))
    for _ in range(3):
        y += up(hm(y, (1 << 29) - hm(d, y)), 2)
    return y


def softmax(row: Sequence[int], beta: float, s_in: float) -> list[int]:
    m, e = multiplier(beta * s_in * 2**26)
    radius = math.floor(31 * 2.0**26 / 2.0**e)
    exps = [exp(hm((v - max(row)) << e, m), 5) if max(row) - v <= radius else 0 for v in row]
    total = sum(divide(x, 12) for x in exps)
    h = 32 - total.bit_length()
    reciprocal = up(two_over_one_plus((total << h) - (1 << 31)), 1)
    return [clamp(divide(hm(x, reciprocal), 35 - h) - 128) for x in exps]


def sigmoid(v: int, s_in: float, z_in: int, hyperbolic: bool) -> int:
    m, e = multiplier(s_in * 2**27)
    if abs(v - z_in) >= math.floor(15 * 2.0**27 / 2.0**e):
        return 127 if v > z_in else -128
    x = multiply(v - z_in, m, e)
    if hyperbolic:
        result = up(two_over_one_plus(exp(-abs(x), 5)) - (1 << 29), 2) if x else 0
        return clamp(divide(result if x > 0 else -result, 24))
    result = up(two_over_one_plus(exp(-abs(x), 4)), 1)
    return clamp(divide(1 << 30 if x == 0 else result if x > 0 else HIGH - result, 23) - 128)


def hard_swish(v: int, s_in: float, z_in: int, s_out: float, z_out: int) -> int:
    def q15(real: float) -> tuple[int, int]:
        m, e = multiplier(real)
        return min((m + (1 << 15)) >> 16, (1 << 15) - 1), e

    def short(a: int, m: int) -> int:
        return (a * m + (1 << 14)) >> 15

    (m, e), (m_out, e_out) = q15(s_in / 128 / (3 / 2**15)), q15(s_in / 128 / float(np.float32(s_out)))
    x = (v - z_in) << 7
    ramp = clamp(x << (e - 1), -(1 << 15), (1 << 15) - 1) if e > 0 else x
    ramp = short(ramp, m)
    ramp = clamp(ramp << 1, -(1 << 15), (1 << 15) - 1) if e > 0 else divide(ramp, -e)
    ramp = (ramp + (1 << 15)) >> 1
    return clamp(divide(math.trunc(ramp * short(x, m_out) / 2**15), -e_out) + z_out)


def one_node(op: Operator, tensors: Sequence[Tensor], output: Tensor, *values: np.ndarray) -> list[int]:
    """The simulator's integers of a graph of one operator."""
    graph = Graph("one")
    for tensor in (*tensors, output):
        graph.add(tensor)
    graph.inputs, graph.outputs = [t.name for t in tensors], [output.name]
    graph.nodes = [Node(op, tuple(graph.inputs), (output.name,))]
    graph.validate()
    found = simulate(graph, dict(zip(graph.inputs, values, strict=True)))[output.name]
    return [int(x) for x in found.reshape(-1)]


def tensor(name: str, shape: tuple[int, ...], scale: float, zero_point: int) -> Tensor:
    return Tensor(name, shape, "int8", Quantization.per_tensor(scale, zero_point))


ALL = np.array(EVERY, np.int8).reshape(1, 256)


@pytest.mark.parametrize(("scale", "zero_point"), [(0.05, 3), (0.4, -128), (0.003, 127), (1.5, 0)])
def test_functions_of_one_value(scale: float, zero_point: int) -> None:
    s = float(np.float32(scale))
    x = tensor("x", (1, 256), scale, zero_point)
    logistic = one_node(Logistic(), [x], tensor("y", (1, 256), 1 / 256, -128), ALL)
    assert logistic == [sigmoid(v, s, zero_point, False) for v in EVERY]
    tanh = one_node(Tanh(), [x], tensor("y", (1, 256), 1 / 128, 0), ALL)
    assert tanh == [sigmoid(v, s, zero_point, True) for v in EVERY]
    swish = one_node(HardSwish(), [x], tensor("y", (1, 256), scale / 2, -50), ALL)
    assert swish == [hard_swish(v, s, zero_point, scale / 2, -50) for v in EVERY]


@pytest.mark.parametrize(("scale", "beta"), [(0.05, 1.0), (0.3, 1.0), (0.01, 2.5), (1.0, 1.0)])
def test_softmax(scale: float, beta: float) -> None:
    rows = np.random.default_rng(0).integers(-128, 128, (20, 11), np.int8)
    found = one_node(Softmax(beta), [tensor("x", (20, 11), scale, 0)], tensor("y", (20, 11), 1 / 256, -128), rows)
    assert found == [v for row in rows.tolist() for v in softmax(row, beta, float(np.float32(scale)))]


@pytest.mark.parametrize(("count", "ratio"), [(7, 0.5), (64, 1.0), (49, 40.0)])
def test_mean(count: int, ratio: float) -> None:
    rows = np.random.default_rng(0).integers(-128, 128, (30, count), np.int8)
    s_in, s_out = np.float32(0.1 * ratio), np.float32(0.1)
    m, e = multiplier(float(np.float64(s_in) / np.float64(s_out)))
    k = min(int(math.log2(count)), 32, 31 + e)
    x, y = tensor("x", (30, count), float(s_in), -5), tensor("y", (30,), float(s_out), 7)
    expected = [clamp(multiply(sum(v + 5 for v in row), (m << k) // count, e - k) + 7) for row in rows.tolist()]
    assert one_node(Mean((1,)), [x], y, rows) == expected


def test_add() -> None:
    a, b, out = (0.07, -3), (0.2, 90), (0.11, 5)
    scales = [float(np.float32(s)) for s, _ in (a, b, out)]
    total = 2 * max(scales[:2])
    parts = [multiplier(s / total) for s in scales[:2]]
    last = multiplier(total / (2**20 * scales[2]))
    left, right = np.repeat(ALL, 256), np.tile(ALL, 256).reshape(-1)
    found = one_node(
        Add(), [tensor("a", (65536,), *a), tensor("b", (65536,), *b)], tensor("y", (65536,), *out), left, right
    )
    rescaled = [[multiply((v - z) << 20, *part) for v in EVERY] for (_, z), part in zip((a, b), parts, strict=True)]
    assert found == [clamp(multiply(i + j, *last) + out[1]) for i in rescaled[0] for j in rescaled[1]]


@pytest.mark.parametrize(("size", "wanted", "half"), [(5, 9, False), (5, 9, True), (8, 3, False), (3, 8, True)])
def test_resize_bilinear(size: int, wanted: int, half: bool) -> None:
    image = np.random.default_rng(0).integers(-128, 128, (1, size, size, 1), np.int8)
    scale = (1024 * size + wanted // 2) // wanted
    places = [i * scale + (scale // 2 - 512 if half else 0) for i in range(wanted)]
    line = []
    for p in places:
        first = max(p // 1024, 0)
        line.append((first, clamp(-(-p // 1024), 0, size - 1), p - 1024 * first))
    expected = []
    for top, bottom, f in line:
        for left, right, g in line:
            pixel = [[int(image[0, i, j, 0]) for j in (left, right)] for i in (top, bottom)]
            tall = [pixel[0][j] * (1024 - f) + pixel[1][j] * f for j in range(2)]
            expected.append(divide(tall[0] * (1024 - g) + tall[1] * g, 20))
    x, y = tensor("x", image.shape, 0.1, 0), tensor("y", (1, wanted, wanted, 1), 0.1, 0)
    assert one_node(ResizeBilinear((wanted, wanted), half_pixel_centers=half), [x], y, image) == expected
