"""A network whose products are computed by tiles between converters; everything else is digital, in float32.

An input is clipped to the layer's full scale and becomes one of 2^(bits-1) - 1 levels of either sign (DAC). Every
column of a tile adds currents; its ADC has as many levels over the tile's full scale. What the tiles of a layer give is
added digitally, times the tile's compensation; then come the column's scale, the bias and the activation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from edgekit.backends.analog_pcm.chip import States
from edgekit.backends.analog_pcm.device import Array, Floats
from edgekit.backends.analog_pcm.mapping import DEPTHWISE, Layer
from edgekit.backends.analog_pcm.options import Options
from edgekit.graph import Graph, Node
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetics import arithmetic
from edgekit.reference.matmul import bias_of
from edgekit.reference.simulator import Kernel, Simulator, prepare_node
from edgekit.reference.windows import pad_for, windows

COLUMNS_BYTES = 1 << 25  # of the unrolled windows held at once
Watch = Callable[[Layer, Floats, list[Floats]], None]
"""watch(layer, inputs, outputs of its tiles before the ADC, in real inputs times units of g_max)"""


class Network:
    """A float graph and the layers of it that lie on crossbars.

    Raises:
        UnsupportedError: the simulator lacks a float form of a digital layer; names it.
    """

    def __init__(self, graph: Graph, layers: Sequence[Layer], options: Options) -> None:
        self.graph, self.options = graph, options
        self.layers = {layer.name: layer for layer in layers}
        rules = arithmetic(graph.arithmetic)
        self._digital: dict[str, Kernel] = {
            node.name: prepare_node(graph, node, rules) for node in graph.nodes if node.name not in self.layers
        }
        self._simulator = Simulator(graph)
        self._chunk = self._samples_at_once()

    def run(self, inputs: Mapping[str, Array], states: States, converters: bool = True) -> dict[str, Floats]:
        """Outputs in real units. Raises InputError for inputs that do not fit.

        Args:
            inputs: float arrays by name, N samples on axis 0. states: of the chip. converters: False for ideal ones.
        """
        arrays, count = self._simulator.prepare_inputs(inputs)
        parts = []
        for start in range(0, count, self._chunk):
            part = self._part(arrays, count, start, min(start + self._chunk, count))
            values = self.values(part, states, converters)
            parts.append({name: np.atleast_1d(values[name]) for name in self.graph.outputs})
        return {name: np.concatenate([part[name] for part in parts]) for name in self.graph.outputs}

    def values(
        self, arrays: Mapping[str, Array], states: States, converters: bool = True, watch: Watch | None = None
    ) -> dict[str, Array]:
        """Every activation of a few samples."""
        values: dict[str, Array] = dict(arrays)
        for node in self.graph.nodes:
            if node.name in self.layers:
                values[node.name] = self.layer(node, np.asarray(values[str(node.inputs[0])]), states, converters, watch)
            else:
                given = [None if n is None else values.get(n, self.graph.tensors[n].data) for n in node.inputs]
                values.update(zip(node.outputs, self._digital[node.name](given), strict=True))
        return values

    def layer(self, node: Node, x: Array, states: States, converters: bool = True, watch: Watch | None = None) -> Array:
        """One layer on crossbars, x in real units."""
        layer, options = self.layers[node.name], self.options
        shape = self.graph.tensors[node.name].shape
        full = np.float32(layer.full_scale) if converters and options.dac_bits else np.float32(1)
        if converters and options.dac_bits:
            x = _levels(x / full, options.dac_bits)
        columns = _columns(self.graph, node, x)
        out = np.zeros((len(columns), shape[-1]), np.float32)
        seen: list[Floats] = []
        for tile, state in zip(layer.tiles, states[layer.name], strict=True):
            sums = columns[:, slice(*tile.rows)] @ state.weights
            if watch is not None:
                seen.append(sums)
            if converters and options.adc_bits:
                # in units of full inputs, whatever the DAC does
                scale = np.float32(tile.full_scale * layer.full_scale) / full
                sums = _levels(sums / scale, options.adc_bits) * scale
            out[:, slice(*tile.columns)] += np.float32(state.factor) * sums
        if watch is not None:
            watch(layer, np.asarray(x, np.float32), seen)
        out *= layer.scale * full
        out += bias_of(self.graph.node_inputs(node), shape[-1])
        activation: Any = getattr(node.op, "activation", "none")
        return clamp_float(out, activation).reshape(-1, *shape[1:])

    def _part(self, arrays: Mapping[str, Array], count: int, start: int, stop: int) -> dict[str, Array]:
        lengths = {name: len(array) // count for name, array in arrays.items()}
        return {name: array[start * lengths[name] : stop * lengths[name]] for name, array in arrays.items()}

    def _samples_at_once(self) -> int:
        if not self._simulator.batchable:
            return 1
        largest = 1
        for node in self.graph.nodes:
            if node.name in self.layers:
                rows = self.graph.tensors[node.name].elements // self.graph.tensors[node.name].shape[-1]
                largest = max(largest, 4 * rows * max(tile.rows[1] for tile in self.layers[node.name].tiles))
        return int(max(1, min(64, COLUMNS_BYTES // largest)))


def _levels(x: Array, bits: int) -> Floats:
    """x rounded to multiples of 1 / (2^(bits-1) - 1) within -1 to 1, ties to even."""
    most = np.float32((1 << (bits - 1)) - 1)
    return np.asarray(np.rint(np.clip(x, -1, 1) * most) / most, np.float32)


def _columns(graph: Graph, node: Node, x: Array) -> Floats:
    """The inputs of all rows (windows, K)."""
    weights, op = graph.tensors[str(node.inputs[1])].shape, node.op
    if op.name == "fully_connected":
        return np.asarray(x, np.float32).reshape(-1, weights[1])
    shape = graph.tensors[node.name].shape
    kernel, size = (weights[1], weights[2]), (shape[1], shape[2])
    stride, dilation = op.stride, op.dilation  # type: ignore[attr-defined]
    view = windows(pad_for(x, kernel, stride, dilation, size, 0), kernel, stride, dilation, size)
    if op.name == DEPTHWISE:  # each channel's window lies on rows of its own
        view = view.transpose(0, 1, 2, 5, 3, 4)
    return np.array(view, np.float32, order="C").reshape(x.shape[0] * size[0] * size[1], -1)
