"""Compiles model.tflite for TI's C7x and MMA with edgeai-tidl-tools on x86-64 Linux: python3 tidl.py

TIDL_TOOLS_PATH must name its folder tidl_tools, made for the device (SOC=am62a, am68a, am69a, am67a or am68pa). The
scales of the int8 file are kept: advanced_options:quantization_scale_type 3 is TI's word for a pre-quantized .tflite.
NOT RUN by edgekit: written after TI's documentation.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import tflite_runtime.interpreter as tflite

HERE = Path(__file__).resolve().parent


def main() -> None:
    tools, artifacts = os.environ["TIDL_TOOLS_PATH"], HERE / "artifacts"
    artifacts.mkdir()  # TI asks for an empty one
    options = {
        "tidl_tools_path": tools, "artifacts_folder": str(artifacts), "tensor_bits": 8, "accuracy_level": 0,
        "advanced_options:quantization_scale_type": 3,
    }  # fmt: skip
    delegate = tflite.load_delegate(os.path.join(tools, "tidl_model_import_tflite.so"), options)
    interpreter = tflite.Interpreter(str(HERE / "model.tflite"), experimental_delegates=[delegate])
    interpreter.allocate_tensors()
    first = interpreter.get_input_details()[0]
    scale, zero = first["quantization"]
    for line in (HERE / "samples" / "list.txt").read_text().split():
        real = np.fromfile(HERE / line, "<f4").reshape(first["shape"])
        info = np.iinfo(first["dtype"])
        integers = np.clip(np.rint(real / scale) + zero, info.min, info.max).astype(first["dtype"])
        interpreter.set_tensor(first["index"], integers)
        interpreter.invoke()


if __name__ == "__main__":
    main()
