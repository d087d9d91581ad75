"""Times PyTorch on the GPU at hand with the network of this folder: python3 beside_pytorch.py [--device cuda]

The same layers and shapes with random weights, channels last, batch as in the model; each precision as PyTorch runs it
eagerly, and captured in a CUDA graph, without the launches' cost. `int8` is what PyTorch has of it: torch._int_mm over
gathered windows for convolutions and fully connected layers, float16 for the rest. Beside it stands this folder's own
program, where it is built. Needs PyTorch with CUDA. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PRECISIONS = ("float32", "float16", "int8")
ROUNDS, WARM_UP = 300, 20
EIGHT, LEAST_ROWS = 8, 32  # what torch._int_mm asks of a matrix: multiples, and rows


def same_padding(size: int, kernel: int, stride: int, dilation: int, out: int) -> tuple[int, int]:
    """Before and after, as TensorFlow pads."""
    total = max((out - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


class Network:
    """The layers of `network.json` as PyTorch functions over tensors (N, C, H, W) in channels-last memory, or flat."""

    def __init__(self, described: dict[str, Any], device: str, precision: str) -> None:
        import torch

        self.torch, self.described, self.device, self.precision = torch, described, device, precision
        self.dtype = torch.float32 if precision == "float32" else torch.float16
        torch.manual_seed(0)
        self.constants = {
            name: self.made(t["shape"]) for name, t in described["tensors"].items() if t["constant"] and t["shape"]
        }
        self.products = {name: self.int8(name) for name in self.constants} if precision == "int8" else {}

    def made(self, shape: list[int]) -> Any:
        fan = max(math.prod(shape[1:]), 1)
        return (self.torch.randn(shape, device=self.device) / math.sqrt(fan)).to(self.dtype)

    def int8(self, name: str) -> Any:
        """Weights (out, ...) as (in, out) int8 in multiples of eight."""
        w = self.constants[name].reshape(self.constants[name].shape[0], -1)
        grown = self.torch.nn.functional.pad(w, (0, -w.shape[1] % EIGHT, 0, -w.shape[0] % EIGHT))
        return (grown * 127).clamp(-127, 127).to(self.torch.int8).t()

    def inputs(self) -> list[Any]:
        return [self.made(self.described["tensors"][name]["shape"]) for name in self.described["inputs"]]

    def __call__(self, *inputs: Any) -> list[Any]:
        values = dict(zip(self.described["inputs"], inputs))  # noqa: B905
        for node in self.described["nodes"]:
            run: Callable[..., Any] | None = getattr(self, node["op"], None)
            if run is None:
                raise SystemExit(f"NOT TIMED: this program has no PyTorch form of {node['op']}")
            given = [values[n] if n in values else self.constants.get(n) for n in node["inputs"] if n is not None]
            shape = self.described["tensors"][node["outputs"][0]]["shape"]
            values[node["outputs"][0]] = self.fused(run(node, shape, *given), node["attributes"].get("activation"))
        return [values[name] for name in self.described["outputs"]]

    def fused(self, y: Any, activation: str | None) -> Any:
        low, high = {"relu": (0, None), "relu6": (0, 6), "relu_n1_to_1": (-1, 1)}.get(activation or "", (None, None))
        return y if low is None else y.clamp(low, high)

    def window(self, x: Any, kernel: list[int], node: dict[str, Any], out: list[int], fill: float = 0.0) -> Any:
        """x (N, H, W, C) with the border that the window needs."""
        a = node["attributes"]
        dilation = a.get("dilation") or [1, 1]
        if a["padding"] != "same":
            return x
        sides = [same_padding(x.shape[1 + i], kernel[i], a["stride"][i], dilation[i], out[1 + i]) for i in range(2)]
        return self.torch.nn.functional.pad(x, (0, 0, *sides[1], *sides[0]), value=fill)

    def conv_2d(self, node: dict[str, Any], out: list[int], x: Any, w: Any, bias: Any = None) -> Any:
        a = node["attributes"]
        x = self.window(x, list(w.shape[1:3]), node, out)
        if self.precision == "int8":
            return self.int8_conv(node, out, x, w, bias)
        convolve = self.torch.nn.functional.conv2d
        y = convolve(x.permute(0, 3, 1, 2), w.permute(0, 3, 1, 2), bias, tuple(a["stride"]), 0, tuple(a["dilation"]))
        return y.permute(0, 2, 3, 1)

    def int8_conv(self, node: dict[str, Any], out: list[int], x: Any, w: Any, bias: Any) -> Any:
        (sh, sw), (dh, dw) = node["attributes"]["stride"], node["attributes"]["dilation"]
        n, h, width, c = x.shape
        q = (x * 16).clamp(-128, 127).to(self.torch.int8).contiguous()
        strides = (h * width * c, sh * width * c, sw * c, dh * width * c, dw * c, 1)
        rows = q.as_strided((n, out[1], out[2], w.shape[1], w.shape[2], c), strides).reshape(n * out[1] * out[2], -1)
        return self.product(rows, node["inputs"][1], w.shape[0], bias).reshape(out)

    def product(self, rows: Any, weights: str, channels: int, bias: Any) -> Any:
        pad = self.torch.nn.functional.pad
        right = self.products[weights]
        grown = pad(rows, (0, right.shape[0] - rows.shape[1], 0, max(LEAST_ROWS - rows.shape[0], 0)))
        y = self.torch._int_mm(grown, right)[: rows.shape[0], :channels].to(self.dtype) / (16 * 127)
        return y if bias is None else y + bias

    def fully_connected(self, node: dict[str, Any], out: list[int], x: Any, w: Any, bias: Any = None) -> Any:
        x = x.reshape(-1, w.shape[1])
        if self.precision == "int8":
            q = (x * 16).clamp(-128, 127).to(self.torch.int8)
            return self.product(q, node["inputs"][1], w.shape[0], bias).reshape(out)
        return self.torch.nn.functional.linear(x, w, bias).reshape(out)

    def depthwise_conv_2d(self, node: dict[str, Any], out: list[int], x: Any, w: Any, bias: Any = None) -> Any:
        a = node["attributes"]
        x = self.window(x, list(w.shape[1:3]), node, out)
        convolve = self.torch.nn.functional.conv2d
        y = convolve(x.permute(0, 3, 1, 2), w.permute(3, 0, 1, 2), bias, tuple(a["stride"]), 0, tuple(a["dilation"]),
                     x.shape[3])  # fmt: skip
        return y.permute(0, 2, 3, 1)

    def average_pool_2d(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        a = node["attributes"]
        x = self.window(x, a["window"], node, out)
        y = self.torch.nn.functional.avg_pool2d(x.permute(0, 3, 1, 2), tuple(a["window"]), tuple(a["stride"]))
        return y.permute(0, 2, 3, 1)

    def max_pool_2d(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        a = node["attributes"]
        x = self.window(x, a["window"], node, out, -math.inf)
        y = self.torch.nn.functional.max_pool2d(x.permute(0, 3, 1, 2), tuple(a["window"]), tuple(a["stride"]))
        return y.permute(0, 2, 3, 1)

    def add(self, node: dict[str, Any], out: list[int], a: Any, b: Any) -> Any:
        return a + b

    def sub(self, node: dict[str, Any], out: list[int], a: Any, b: Any) -> Any:
        return a - b

    def mul(self, node: dict[str, Any], out: list[int], a: Any, b: Any) -> Any:
        return a * b

    def mean(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        return x.mean(tuple(node["attributes"]["axes"])).reshape(out)

    def softmax(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        return self.torch.softmax(x * node["attributes"]["beta"], -1)

    def reshape(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        return x.reshape(out)

    def concatenation(self, node: dict[str, Any], out: list[int], *parts: Any) -> Any:
        return self.torch.cat(parts, node["attributes"]["axis"])

    def pad(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        sides = [n for pair in reversed(node["attributes"]["paddings"]) for n in pair]
        return self.torch.nn.functional.pad(x, sides, value=node["attributes"]["value"])

    def logistic(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        return x.sigmoid()

    def tanh(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        return x.tanh()

    def relu(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        return x.relu()

    def relu6(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        return x.clamp(0, 6)

    def quantize(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        return x

    def dequantize(self, node: dict[str, Any], out: list[int], x: Any) -> Any:
        return x


def median_us(run: Callable[[], Any], wait: Callable[[], Any]) -> float:
    """Host time of a call and of waiting for it."""
    times = []
    for index in range(WARM_UP + ROUNDS):
        start = time.perf_counter()
        run()
        wait()
        if index >= WARM_UP:
            times.append(1e6 * (time.perf_counter() - start))
    return statistics.median(times)


def captured(torch: Any, network: Network, inputs: list[Any]) -> Callable[[], Any]:
    """The same in a CUDA graph."""
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        for _ in range(3):
            network(*inputs)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        network(*inputs)
    replay: Callable[[], Any] = graph.replay
    return replay


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--device", default="cuda", help="cpu: to see that it runs")
    device = reader.parse_args().device
    try:
        import torch
    except ImportError:
        print("NOT RUN: PyTorch is not installed here; next: pip install torch")
        return 2
    if device == "cuda" and not torch.cuda.is_available():
        print("NOT RUN: this PyTorch sees no GPU")
        return 2
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    described = json.loads((HERE / "network.json").read_text("utf-8"))
    wait = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    found: dict[str, Any] = {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
    }
    with torch.inference_mode():
        for precision in PRECISIONS:
            network = Network(described, device, precision)
            inputs = network.inputs()
            try:
                found[f"{precision}_us"] = median_us(lambda n=network, i=inputs: n(*i), wait)  # type: ignore[misc]
                if device == "cuda":
                    found[f"{precision}_graph_us"] = median_us(captured(torch, network, inputs), wait)
            except RuntimeError as error:
                found[f"{precision}_failed"] = str(error).splitlines()[0]
    program = next((p for p in (HERE / "out" / "model_cuda", HERE / "model_cuda") if p.is_file()), None)
    if device == "cuda" and program is not None:
        done = subprocess.run([str(program), "time", "1000"], stdout=subprocess.PIPE, check=True)
        ours = json.loads(done.stdout.decode())
        found.update({f"edgekit_{key}": ours[key] for key in ("inference_us", "round_trip_p50_us")})
    for key, value in found.items():
        print(f"{key:28} {value if isinstance(value, str) else format(value, '.1f')}")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
