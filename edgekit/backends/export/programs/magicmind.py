"""Compiles model.onnx with Cambricon's MagicMind, in its container: python3 magicmind.py CHIP PRECISION

CHIP as MagicMind names it (mtp_372 for MLU370), PRECISION is force_float16, or qint8_mixed_float16 with calibration
over samples/. NOT RUN by edgekit: written after Cambricon's published examples.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import magicmind.python.runtime as mm
import numpy as np
from magicmind.python.runtime.parser import Parser

HERE = Path(__file__).resolve().parent


def well(status: Any, what: str) -> None:
    if not status.ok():
        raise SystemExit(f"{what}: {status}")


class Samples(mm.CalibDataInterface):  # type: ignore[misc]
    """The samples of the first input, one at a time."""

    def __init__(self, shape: list[int]) -> None:
        super().__init__()
        self.shape = shape
        self.paths = [HERE / line for line in (HERE / "samples" / "list.txt").read_text().split()]
        self.next_one = 0

    def get_shape(self) -> Any:
        return mm.Dims(self.shape)

    def get_data_type(self) -> Any:
        return mm.DataType.FLOAT32

    def get_sample(self) -> Any:
        return np.fromfile(self.paths[self.next_one - 1], "<f4").reshape(self.shape)

    def next(self) -> Any:
        if self.next_one == len(self.paths):
            return mm.Status(mm.Code.OUT_OF_RANGE, "no samples left")
        self.next_one += 1
        return mm.Status.OK()

    def reset(self) -> Any:
        self.next_one = 0
        return mm.Status.OK()


def main(chip: str, precision: str) -> None:
    network, config = mm.Network(), mm.BuilderConfig()
    well(Parser(mm.ModelKind.kOnnx).parse(network, str(HERE / "model.onnx")), "parse")
    settings = {"archs": [chip], "graph_shape_mutable": False, "precision_config": {"precision_mode": precision}}
    well(config.parse_from_string(json.dumps(settings)), "configuration")
    if precision.startswith("qint8"):
        shape = list(network.get_input(0).get_dimension().GetDims())
        calibrator = mm.Calibrator([Samples(shape)])
        well(calibrator.set_quantization_algorithm(mm.QuantizationAlgorithm.LINEAR_ALGORITHM), "algorithm")
        well(calibrator.calibrate(network, config), "calibration")
    model = mm.Builder().build_model("model", network, config)
    well(model.serialize_to_file(str(HERE / "model_compiled.mm")), "model_compiled.mm")


if __name__ == "__main__":
    main(*sys.argv[1:3])
