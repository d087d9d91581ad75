"""One activation quantizer: a scale and a zero point for all activations that share them."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from edgekit.crosstrain.qat.rounding import fake_quantize
from edgekit.errors import InputError
from edgekit.graph import Quantization
from edgekit.quantization.parameters import activation_parameters
from edgekit.quantization.ranges import RangeObserver, observer_of
from edgekit.recipe import QuantizeSection
from edgekit.reference.arithmetic import activation_range

Ranges = Literal["lsq", "moving-average"]
INT16_MAX = 32767
NEWEST = 0.01  # weight of the newest batch in moving averages (Jacob et al. 2018: over thousands of steps)


class ActivationQuantizer(torch.nn.Module):  # type: ignore[misc]
    """Fake quantization of activations.

    With `ranges` "lsq" the step size is learned, as its logarithm: a step stays positive, and an optimizer that
    normalizes gradients changes it in proportion (S. Jain et al., "Trained Quantization Thresholds", MLSys 2020). The
    zero point stays as calibrated, so that real zero stays exact. With "moving-average" both follow smoothed
    extremes of the batches (Jacob et al. 2018).

    Args:
        dtype: int8, or int16 (symmetric, zero point 0).
        fixed: scale and zero point that the specification prescribes.

    Attributes:
        off: values pass unchanged: the network is the float one.
        frozen: moving averages stand still.
    """

    def __init__(
        self, name: str, ranges: Ranges, dtype: str = "int8", fixed: tuple[float, int] | None = None
    ) -> None:  # fmt: skip
        super().__init__()
        self.name, self.ranges, self.dtype, self.fixed = name, ranges, dtype, fixed
        self.observer: RangeObserver | None = None
        self.frozen = self.off = False
        if fixed is None and ranges == "lsq":
            self.log_step = torch.nn.Parameter(torch.zeros(()))
            self.register_buffer("zero", torch.zeros((), dtype=torch.int32))
        elif fixed is None:
            self.register_buffer("extremes", torch.zeros(2))

    def observe(self, section: QuantizeSection) -> None:
        """From now on look at values that pass while the quantizer is off, until `settle`."""
        if self.fixed is None:
            self.observer = observer_of(section.method)(section)

    def settle(self) -> None:
        """Take scale and zero point from what was observed, exactly as post-training quantization does."""
        if self.observer is None:
            return
        low, high = self.observer.range()
        self.observer = None
        q = self._covering(low, high)
        with torch.no_grad():
            if self.ranges == "lsq":
                self.log_step.fill_(math.log(float(q.scale[0])))
                self.zero.fill_(int(q.zero_point[0]))
            else:
                self.extremes.copy_(torch.tensor([low, high]))

    def quantization(self) -> Quantization:
        """Scale and zero point as they are now: what the exported model has."""
        if self.fixed is not None:
            return Quantization.per_tensor(*self.fixed)
        if self.ranges == "lsq":
            return Quantization.per_tensor(float(self.step().detach()), int(self.zero))
        low, high = self.extremes.tolist()
        return self._covering(low, high)

    def _covering(self, low: float, high: float) -> Quantization:
        if self.dtype == "int8":
            return activation_parameters(low, high)
        largest = max(abs(low), abs(high)) or 1.0
        return Quantization.per_tensor(float(np.float32(largest / INT16_MAX)), 0)

    def step(self) -> torch.Tensor:
        """The scale, float32 without dimensions."""
        if self.fixed is None and self.ranges == "lsq":
            return self.log_step.exp()
        scale = float(self.quantization().scale[0])
        device = self.extremes.device if self.fixed is None else None
        return torch.tensor(scale, dtype=torch.float32, device=device)

    @property
    def zero_point(self) -> int:
        if self.fixed is None and self.ranges == "lsq":
            return int(self.zero)
        return int(self.quantization().zero_point[0])

    def bounds(self, activation: str = "none") -> tuple[int, int]:
        """The clamp that a fused activation leaves of the type's range."""
        return activation_range(activation, float(self.step().detach()), self.zero_point, self.dtype)

    def forward(self, x: torch.Tensor, activation: str = "none") -> torch.Tensor:
        """x with a fused activation, fake quantized; the activation alone while it is off."""
        x = x.float()  # mixed precision ends here
        if self.off:
            y = activated(x, activation)
            if self.observer is not None:
                self._look(self.observer, y.detach().cpu().numpy())
            return y
        if self.training and not self.frozen and self.fixed is None and self.ranges == "moving-average":
            self._follow(activated(x.detach(), activation))
        low, high = self.bounds(activation)
        share = 1 / math.sqrt(max(1, x[0].numel()) * max(1, high - self.zero_point))
        return fake_quantize(x, self.step().to(x.device), self.zero_point, low, high, share)

    def _look(self, observer: RangeObserver, values: NDArray[Any]) -> None:
        if not np.isfinite(values).all():
            text = "becomes NaN or infinite on training data"
            raise InputError(f"layer {self.name}", text, "check the data's scale, or train again")
        observer.update(values)

    def _follow(self, x: torch.Tensor) -> None:
        newest = torch.stack([x.min(), x.max()])
        self.extremes += NEWEST * (newest - self.extremes)

    def integers(self, x: torch.Tensor) -> torch.Tensor:
        """q - z of values on this quantizer's grid, as whole float32 numbers."""
        return torch.round(x / self.step().to(x.device))

    def finish(self, integers: torch.Tensor, activation: str = "none") -> torch.Tensor:
        """Real values of rescaled integers q - z, with the clamp: the end of every integer operator."""
        low, high = self.bounds(activation)
        q = integers.clamp(low - self.zero_point, high - self.zero_point)
        return q.to(torch.float32) * self.step().to(integers.device)


def activated(x: torch.Tensor, activation: str) -> torch.Tensor:
    """The float activation."""
    ends = {"none": (None, None), "relu": (0.0, None), "relu6": (0.0, 6.0), "relu_n1_to_1": (-1.0, 1.0)}[activation]
    return x if ends == (None, None) else x.clamp(*ends)
