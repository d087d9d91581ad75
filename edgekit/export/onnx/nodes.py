"""ONNX nodes, constants and Q/DQ pairs as one model collects them: names, fused activations, how integers are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import UnsupportedError
from edgekit.graph import Quantization, Tensor

Array = NDArray[Any]
ENDS: dict[str, tuple[float, float | None]] = {"relu": (0.0, None), "relu6": (0.0, 6.0), "relu_n1_to_1": (-1.0, 1.0)}
INT16_OPSET = 21  # QuantizeLinear to int16


@dataclass(frozen=True)
class Style:
    """What differs between the readers of ONNX.

    Attributes:
        opset: of the standard operators, 13 or newer (per-channel DequantizeLinear).
        float_interface: inputs and outputs are float32, and the int8 value of a tensor NAME is called NAME_q.
        float_bias: biases are float32 constants; without, int32 behind DequantizeLinear.
        float_weights: weights are float32 constants in front of QuantizeLinear and DequantizeLinear, whose integers are
            the graph's; without, int8 constants in front of DequantizeLinear alone.
        own_activations: a fused activation becomes an operator with Q/DQ in front of it, for readers that fuse none.
            The integers are the same: kernels clamp after they rescale.
    """

    opset: int = 17
    float_interface: bool = False
    float_bias: bool = False
    float_weights: bool = False
    own_activations: bool = False


@dataclass(frozen=True)
class Value:
    """One form of a tensor: the names of its real value, and of its integers where it has any."""

    real: str
    integers: str | None = None


class Nodes:
    """Nodes and initializers of a model in the making; title: of errors; taken: names that are given away already."""

    def __init__(self, title: str, style: Style, taken: set[str]) -> None:
        self.title, self.style = title, style
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._taken = taken
        self._constants: dict[bytes, str] = {}

    def constant(self, array: Any, stem: str) -> str:
        """An initializer; equal ones are stored once."""
        from onnx import numpy_helper

        array = np.ascontiguousarray(array) if np.ndim(array) else np.asarray(array)
        key = repr((array.dtype.str, array.shape)).encode() + array.tobytes()
        if key not in self._constants:
            self._constants[key] = self.fresh(stem)
            self.initializers.append(numpy_helper.from_array(array, self._constants[key]))
        return self._constants[key]

    def fresh(self, stem: str) -> str:
        name, count = stem, 1
        while name in self._taken:
            name, count = f"{stem}_{count}", count + 1
        self._taken.add(name)
        return name

    def _node(self, kind: str, inputs: Sequence[str], outputs: Sequence[str], attributes: Mapping[str, Any]) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, list(inputs), list(outputs), name=outputs[0], **attributes))

    def _add(self, kind: str, inputs: Sequence[str], stem: str, **attributes: Any) -> str:
        """A node of one output whose name is made from `stem`."""
        name = self.fresh(f"{stem}_real")
        self._node(kind, inputs, [name], attributes)
        return name

    def _activated(self, tensor: Tensor, real: str, activation: str) -> str:
        """The fused activation; the bounds that saturation of the integers keeps anyway are left out: that is exact."""
        ends = ENDS.get(activation)
        if ends is None:
            return real
        bites = [True, ends[1] is not None]
        if is_integer(tensor):
            info, scale, zero = np.iinfo(tensor.dtype), np.float32(tensor.scale), tensor.zero_point
            bites[0] = zero + np.rint(np.float32(ends[0]) / scale) > info.min
            bites[1] = ends[1] is not None and zero + np.rint(np.float32(ends[1]) / scale) < info.max
        if not any(bites):
            return real
        if self.style.own_activations and is_integer(tensor):
            return self._clamped(tensor, real, ends, bites)
        if ends[1] is None or (not bites[1] and ends[0] == 0):
            return self._add("Relu", [real], tensor.name)
        return self._add("Clip", [real, *(self.constant(np.float32(v), "bound") for v in ends)], tensor.name)

    def _clamped(self, tensor: Tensor, real: str, ends: tuple[float, float | None], bites: list[bool]) -> str:
        """Clamps as operators on the output's integers: Clip between equal scales is lost in the HTP (QNN 2.51)."""
        for kind, end, bite in zip(("Max", "Min"), ends, bites, strict=True):
            if not bite or end is None:
                continue
            real = self._pair(real, tensor, f"{tensor.name}_rescaled").real
            if (kind, end) == ("Max", 0.0):
                real = self._add("Relu", [real], tensor.name)
                continue
            integer = np.array([tensor.zero_point + round(end / float(tensor.scale))], tensor.dtype)
            limit = self._dequantized(f"{tensor.name}_{kind.lower()}", integer, tensor.quantization, 0)
            real = self._add(kind, [real, limit], tensor.name)
        return real

    def _pair(
        self, real: str, tensor: Tensor, stem: str, exact: bool = False, before: Quantization | None = None
    ) -> Value:
        """QuantizeLinear and DequantizeLinear.

        Args: exact: the integers are called `stem` itself; before: what `real` is quantized with where that is not the
        tensor's own quantization, because its integers are another tensor's.
        """
        integers = stem if exact else self.fresh(f"{stem}_q")
        parameters = self._parameters(tensor.quantization, tensor.dtype)
        first = self._parameters(before or tensor.quantization, tensor.dtype)
        self._node("QuantizeLinear", [real, *first], [integers], {})
        back = self.fresh(f"{stem}_dq")
        self._node("DequantizeLinear", [integers, *parameters], [back], {})
        return Value(back, integers)

    def _parameters(self, q: Quantization | None, dtype: str) -> list[str]:
        assert q is not None
        if dtype == "int16" and self.style.opset < INT16_OPSET:
            raise UnsupportedError(
                self.title, f"int16 activations need ONNX opset {INT16_OPSET}, this is {self.style.opset}",
                "quantize activations to int8",
            )  # fmt: skip
        many = q.axis is not None
        scale, zero = q.scale.astype(np.float32), q.zero_point.astype(dtype)
        return [
            self.constant(scale if many else scale[0], "scale"),
            self.constant(zero if many else zero[0], "zero_point"),
        ]

    def _dequantized(self, name: str, data: Array, q: Quantization | None, axis: int) -> str:
        """A constant's real value: itself, or integers behind DequantizeLinear."""
        if q is None:
            return self.constant(data, name)
        back = self.fresh(f"{name}_dq")
        extra = {} if q.axis is None else {"axis": axis}
        if self.style.float_weights and data.dtype == np.int8:
            shape = [-1 if i == axis else 1 for i in range(data.ndim)] if q.axis is not None else []
            real = (data.astype(np.float32) - q.zero_point.reshape(shape)) * q.scale.reshape(shape)
            stored = self.fresh(f"{name}_q")
            given = self.constant(real.astype(np.float32), name)
            self._node("QuantizeLinear", [given, *self._parameters(q, data.dtype.name)], [stored], extra)
        else:
            stored = self.constant(data, name)
        self._node("DequantizeLinear", [stored, *self._parameters(q, data.dtype.name)], [back], extra)
        return back


def is_integer(tensor: Tensor) -> bool:
    return tensor.quantization is not None
