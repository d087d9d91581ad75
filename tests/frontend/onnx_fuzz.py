"""A process that reads damaged `.onnx` files and runs what could be read; `test_onnx_fuzz.py` starts it.

Usage: python -m tests.frontend.onnx_fuzz FIRST COUNT [MODEL ...]. Prints one JSON object, as `tests.frontend.fuzz` does
and under the same limits.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto

from edgekit.errors import EdgekitError
from edgekit.frontend.onnx import read
from tests.frontend.fuzz import MEGABYTES, Slow, guarded, run
from tests.frontend.test_onnx_operators import CASES, one
from tests.frontend.test_onnx_quantized import SINGLE, qdq
from tests.frontend.test_onnx_signals import CASES as SIGNALS
from tests.frontend.test_onnx_signals import made
from tests.mutations import mutate

NUMBERS = (-(1 << 63), -(1 << 31), -7, -1, 0, 1, 2, 3, 5, 255, 1 << 16, 1 << 28, 1 << 31, 1 << 40, (1 << 63) - 1)
REALS = (float("nan"), float("inf"), -float("inf"), 0.0, -1.0, 1e-45, 1e38)
OPERATORS = ("Relu", "Conv", "Reshape", "Transpose", "Add", "MatMul", "Gemm", "Shape", "Concat", "Constant", "Loop",
             "If", "Slice", "Pad", "Resize", "QuantizeLinear", "DequantizeLinear", "ConstantOfShape", "Expand", "Erf",
             "Range", "MaxPool", "ConvTranspose", "Split", "Where", "QLinearConv", "Flatten", "Gather")  # fmt: skip


def sources() -> list[bytes]:
    """Our own files: one of every case of the operator tests, float and quantized."""
    found = [one(op, shape, attributes, constants, 19) for op, shape, attributes, constants in CASES]
    found += [made(*case) for case in SIGNALS]
    return found + [qdq(op, shape, np.uint8, weights, **rest) for op, shape, weights, rest in SINGLE]


def mutate_fields(data: bytes, seed: int) -> bytes:
    """The file with one to three protobuf fields changed: it still parses, unlike most byte damage."""
    rng = np.random.default_rng([0x0A7A, seed])
    model = onnx.ModelProto.FromString(data)
    for _ in range(int(rng.integers(1, 4))):
        CHANGES[int(rng.integers(0, len(CHANGES)))](model, rng)
    return model.SerializeToString()


def pick(rng: np.random.Generator, of: Sequence[Any]) -> Any:
    return of[int(rng.integers(0, len(of)))] if len(of) else None


def number(rng: np.random.Generator, near: int) -> int:
    return int(pick(rng, NUMBERS)) if rng.random() < 0.5 else near + int(rng.integers(-3, 4))


def change_dimension(model: Any, rng: np.random.Generator) -> None:
    value = pick(rng, [*model.graph.input, *model.graph.output])
    dim = pick(rng, value.type.tensor_type.shape.dim) if value is not None else None
    if dim is not None:
        wanted = number(rng, dim.dim_value)
        if rng.random() < 0.2:
            dim.dim_param = "n"
        else:
            dim.dim_value = max(-(1 << 63), min((1 << 63) - 1, wanted))


def change_attribute(model: Any, rng: np.random.Generator) -> None:
    node = pick(rng, model.graph.node)
    attribute = pick(rng, node.attribute) if node is not None else None
    if attribute is None:
        return
    kind = int(rng.integers(0, 6))
    if kind == 0 and len(attribute.ints):
        attribute.ints[int(rng.integers(0, len(attribute.ints)))] = clamp(number(rng, attribute.ints[0]))
    elif kind == 1:
        attribute.ints.append(clamp(number(rng, 1)))
    elif kind == 2:
        attribute.i = clamp(number(rng, attribute.i))
    elif kind == 3:
        attribute.f = float(pick(rng, REALS))
    elif kind == 4:
        attribute.type = int(rng.integers(0, 15))
    else:
        attribute.s = bytes(rng.integers(0, 256, 5).astype(np.uint8))


def change_constant(model: Any, rng: np.random.Generator) -> None:
    tensor = pick(rng, model.graph.initializer)
    if tensor is None:
        return
    kind = int(rng.integers(0, 6))
    if kind == 0 and len(tensor.dims):
        tensor.dims[int(rng.integers(0, len(tensor.dims)))] = clamp(number(rng, tensor.dims[0]))
    elif kind == 1:
        tensor.dims.append(clamp(number(rng, 1)))
    elif kind == 2:
        tensor.raw_data = tensor.raw_data[: int(rng.integers(0, len(tensor.raw_data) + 1))]
    elif kind == 3:
        tensor.data_type = int(rng.integers(0, 25))
    elif kind == 4 and tensor.data_type == TensorProto.INT64 and len(tensor.raw_data) >= 8:
        values = np.frombuffer(tensor.raw_data[: len(tensor.raw_data) // 8 * 8], np.int64).copy()
        values[int(rng.integers(0, len(values)))] = clamp(number(rng, int(values[0])))
        tensor.raw_data = values.tobytes()
    elif tensor.data_type == TensorProto.FLOAT and len(tensor.raw_data) >= 4:
        floats = np.frombuffer(tensor.raw_data[: len(tensor.raw_data) // 4 * 4], np.float32).copy()
        floats[int(rng.integers(0, len(floats)))] = pick(rng, REALS)
        tensor.raw_data = floats.tobytes()
    else:
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", str(pick(rng, ["/etc/passwd", "../x", "w.bin", ""]))


def change_wiring(model: Any, rng: np.random.Generator) -> None:
    node, other = pick(rng, model.graph.node), pick(rng, model.graph.node)
    if node is None:
        return
    kind = int(rng.integers(0, 7))
    names = [n for m in model.graph.node for n in (*m.input, *m.output)] + [""]
    if kind == 0 and len(node.input):
        node.input[int(rng.integers(0, len(node.input)))] = pick(rng, names)
    elif kind == 1 and len(node.output):
        node.output[int(rng.integers(0, len(node.output)))] = pick(rng, names)
    elif kind == 2:
        node.op_type = str(pick(rng, OPERATORS))
    elif kind == 3:
        model.graph.node.remove(node)
    elif kind == 4:
        model.graph.node.add().CopyFrom(other)
    elif kind == 5 and len(node.input):
        del node.input[-1]
    else:
        node.input.append(pick(rng, names))


def change_header(model: Any, rng: np.random.Generator) -> None:
    kind = int(rng.integers(0, 5))
    if kind == 0 and len(model.opset_import):
        model.opset_import[0].version = clamp(number(rng, 18))
    elif kind == 1:
        model.ir_version = clamp(number(rng, 8))
    elif kind == 2 and len(model.graph.output):
        model.graph.output[0].name = str(pick(rng, ["x", "h", "", "z"]))
    elif kind == 3 and len(model.graph.input):
        model.graph.input[0].type.tensor_type.elem_type = int(rng.integers(0, 25))
    else:
        node = model.graph.node.add()
        node.op_type, node.domain = str(pick(rng, OPERATORS)), str(pick(rng, ["", "com.microsoft", "x"]))
        node.input.append("x")
        node.output.append("y")


CHANGES = (change_dimension, change_attribute, change_attribute, change_constant, change_constant, change_wiring,
           change_header)  # fmt: skip


def clamp(value: int) -> int:
    return max(-(1 << 63), min((1 << 63) - 1, value))


def main(first: int, count: int, models: list[str]) -> None:
    own, real = sources(), [Path(model).read_bytes() for model in models]
    outcomes: Counter[str] = Counter()
    failures: list[str] = []

    def slow(signum: int, frame: object) -> None:
        raise Slow

    signal.signal(signal.SIGPROF, slow)
    warnings.simplefilter("ignore")
    for data in own:
        run(read(data))  # imports everything before memory is limited
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    pool = [*own, *real * 8]
    for seed in range(first, first + count):
        origin = pool[seed // 3 % len(pool)]
        step = "read"
        try:
            data = mutate(origin, seed) if seed % 3 == 0 else mutate_fields(origin, seed)
            graph = guarded(lambda data=data: read(data))  # type: ignore[misc]
            step = "run"
            guarded(lambda graph=graph: run(graph))  # type: ignore[misc]
            outcomes["ran"] += 1
        except EdgekitError as error:
            assert len(str(error)) < 4000
            outcomes[f"{step}: {type(error).__name__}"] += 1
        except (Exception, Slow) as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            failures.append(f"seed {seed}, {step}: {error!r:.200} at {last.filename}:{last.lineno}")
    print(json.dumps({"outcomes": outcomes, "failures": failures}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
