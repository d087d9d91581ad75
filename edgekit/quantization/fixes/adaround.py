"""AdaRound: whether a weight is rounded up or down is learned, layer by layer, so that the layer's output is kept.

M. Nagel et al., "Up or Down? Adaptive Rounding for Post-Training Quantization", ICML 2020: weights are
s * (floor(w / s) + h(v)) with h a stretched sigmoid of one variable v per weight (eq. 23), which starts at what w / s
leaves over. The squared error of the layer's output after its activation, on what the int8 layers before it give
(eq. 25), is minimized together with a term that pushes h to 0 or 1 (eq. 24). Windows of the layer's input are drawn at
random from the calibration samples. The bias takes the mean error, before and after. Where what was learned is worse
than rounding to nearest, as with few windows it may be, the layer is rounded to nearest.

Needs PyTorch. Transposed convolutions are rounded to nearest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph.operator import window_padding
from edgekit.quantization.draft import Draft
from edgekit.quantization.fixes.bias_correction import corrected
from edgekit.quantization.layers import Layer, stored
from edgekit.quantization.observe import Progress
from edgekit.quantization.walk import linear, walk
from edgekit.zoo.extra import needed

if TYPE_CHECKING:
    import torch

COST = 90
ABOUT = "learned rounding of weights"
Array = NDArray[Any]
WINDOWS = 4096  # of a layer's input
BATCH = 256
STEPS = 400
RATE = 3e-2
WEIGHT = 0.3  # of the term that pushes to 0 or 1, beside a squared error that is 1 for rounding to nearest
WARMUP = 0.2  # share of the steps without that term
BETA = 20.0, 2.0  # its exponent, from first to last


def apply(draft: Draft, progress: Progress | None) -> Draft:
    needed("torch")
    start = replace(draft, floors={}, biases={})

    def visit(draft: Draft, layer: Layer, real: Array, found: Array) -> Draft:
        draft = corrected(draft, layer, real, found)  # or rounding would be learned for the sake of the mean
        if layer.node.op.name != "transpose_conv":
            floors = _learned(draft, layer, real, found)
            draft = replace(draft, floors={**draft.floors, layer.name: floors})
        return corrected(draft, layer, real, found)

    return walk(start, visit, progress, "learned rounding")


def _learned(draft: Draft, layer: Layer, real: Array, found: Array) -> NDArray[np.bool_]:
    """Where the layer's weights are to be rounded down."""
    import torch

    torch.manual_seed(draft.section.seed)
    rng = np.random.default_rng(draft.section.seed)
    output = draft.graph.tensors[layer.name]
    scale = layer.by_channel(stored(draft, layer.name)[layer.name][1])
    steps = layer.weights.astype(np.float64) / scale
    target = linear(layer, layer.weights, real, output) + layer.bias
    x, y = _windows(layer, found, target.astype(np.float32), rng)

    matrix = _matrix(layer, steps)
    below = torch.from_numpy(np.floor(matrix)).float()
    size = torch.from_numpy(_matrix(layer, np.array(np.broadcast_to(scale, steps.shape)))).float()
    rest = torch.from_numpy(matrix - np.floor(matrix)).float().clamp(0.01, 0.99)
    v = torch.log((rest + 0.1) / (1.1 - rest)).requires_grad_()  # h(v) = rest
    bias = torch.from_numpy(draft.biases[layer.name]).float()
    act = str(getattr(layer.node.op, "activation", "none"))
    wanted = _activated(y, act)
    with torch.no_grad():
        plain = _activated(_product(x, (below + (rest >= 0.5)) * size, bias), act)
        unit = float((plain - wanted).square().mean()) + 1e-12 * float(wanted.square().mean()) + 1e-30
    optimizer = torch.optim.Adam([v], lr=RATE)
    for step in range(STEPS):
        rows = torch.randint(len(x), (BATCH,))
        h = (torch.sigmoid(v) * 1.2 - 0.1).clamp(0, 1)
        loss = (_activated(_product(x[rows], (below + h) * size, bias), act) - wanted[rows]).square().mean() / unit
        along = (step / STEPS - WARMUP) / (1 - WARMUP)
        if along > 0:
            beta = BETA[0] + (BETA[1] - BETA[0]) * along
            loss = loss + WEIGHT * (1 - (2 * h - 1).abs().pow(beta)).mean() * h.numel() / len(bias)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        up = torch.sigmoid(v) * 1.2 - 0.1 >= 0.5
        learned = _activated(_product(x, (below + up) * size, bias), act)
        if float((learned - wanted).square().mean()) >= unit:
            up = rest >= 0.5
    return np.asarray(~_unmatrix(layer, up.numpy()))


def _windows(layer: Layer, x: Array, y: Array, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of input windows and of outputs before bias and activation, drawn alike from every sample.

    Returns (R, K) and (R, Co), or (R, Co, K) and (R, Co) for a depthwise layer, K in the order of `_matrix`.
    """
    import torch
    from torch.nn import functional

    if layer.node.op.name == "fully_connected":
        flat = x.reshape(-1, x.shape[-1])
        rows = rng.permutation(len(flat))[:WINDOWS]
        return torch.from_numpy(flat[rows]), torch.from_numpy(y.reshape(-1, y.shape[-1])[rows])
    op: Any = layer.node.op
    kernel = layer.weights.shape[1:3]
    pads = [window_padding(x.shape[1 + i], kernel[i], op.stride[i], op.dilation[i], y.shape[1 + i]) for i in range(2)]
    padded = np.pad(x, ((0, 0), *(pads if op.padding == "same" else ((0, 0), (0, 0))), (0, 0)))
    count = -(-WINDOWS // len(x))
    inputs, outputs = [], []
    for one, wanted in zip(padded, y.reshape(len(y), -1, y.shape[-1]), strict=True):
        image = torch.from_numpy(np.ascontiguousarray(one.transpose(2, 0, 1)))[None]
        columns = functional.unfold(image, kernel, op.dilation, 0, op.stride)[0].T  # (positions, Ci * kernel)
        picked = rng.permutation(len(wanted))[:count]
        inputs.append(columns[picked])
        outputs.append(torch.from_numpy(wanted[picked]))
    rows = torch.cat(inputs)
    if layer.depthwise:
        rows = rows.reshape(len(rows), x.shape[-1], -1).repeat_interleave(y.shape[-1] // x.shape[-1], 1)
    return rows, torch.cat(outputs)


def _matrix(layer: Layer, values: Array) -> Array:
    """Weights, or values of their shape, as (Co, K): channels of the input first, then the window."""
    if layer.depthwise:
        return np.ascontiguousarray(values[0].reshape(-1, values.shape[-1]).T)
    if values.ndim == 4:
        return np.ascontiguousarray(values.transpose(0, 3, 1, 2)).reshape(len(values), -1)
    return np.asarray(values)


def _unmatrix(layer: Layer, matrix: Array) -> Array:
    """The inverse of `_matrix`."""
    shape = layer.weights.shape
    if layer.depthwise:
        return np.ascontiguousarray(matrix.T).reshape(shape)
    if len(shape) == 4:
        return matrix.reshape(shape[0], shape[3], *shape[1:3]).transpose(0, 2, 3, 1)
    return matrix


def _product(x: torch.Tensor, weights: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    return (x * weights).sum(-1) + bias if x.ndim == 3 else x @ weights.T + bias


def _activated(y: torch.Tensor, activation: str) -> torch.Tensor:
    limits = {"relu": (0.0, None), "relu6": (0.0, 6.0), "relu_n1_to_1": (-1.0, 1.0)}
    return y.clamp(*limits[activation]) if activation in limits else y
