"""Builds model.engine on the Jetson that will run it (engines fit one TensorRT version and one GPU only):

    python3 build_engine.py                  # needs the package tensorrt 8 to 10, which JetPack brings
    python3 build_engine.py --check          # does model.engine fit this machine?
    trtexec --loadEngine=model.engine --loadInputs=INPUT:golden_0.bin --exportOutput=out.json
    python3 build_engine.py --compare out.json

Exit status: 0 well, 1 the engine does not fit or its outputs are too far off, 2 something is missing.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ENGINE, STAMP, CACHE = "model.engine", "model.engine.json", "calibration.cache"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compute_capability() -> int:
    """Of the first GPU, times ten. Raises OSError where CUDA's driver is absent."""
    cuda = ctypes.CDLL("libcuda.so.1")
    major, minor, device = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    calls = [cuda.cuInit(0), cuda.cuDeviceGet(ctypes.byref(device), 0)]
    calls += [cuda.cuDeviceGetAttribute(ctypes.byref(v), n, device) for v, n in ((major, 75), (minor, 76))]
    if any(calls):
        raise OSError(f"CUDA's driver answers {calls}")
    return 10 * major.value + minor.value


def stamp(trt: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """What an engine belongs to."""
    source = HERE / settings["source"]
    return {"tensorrt": trt.__version__, "compute_capability": compute_capability(), "onnx_sha256": sha256(source)}


def numbered(version: str) -> int:
    """TensorRT's version as its calibration caches write it: 8.5.2 is 8502, 10.3.0 is 100300."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    return major * 10000 + minor * 100 + patch if major >= 10 else major * 1000 + minor * 100 + patch


def cache_for(version: str) -> bytes:
    """The calibration cache under the heading that this version accepts: the scales are edgekit's own."""
    _, _, scales = (HERE / CACHE).read_text("ascii").partition("\n")
    return f"TRT-{numbered(version)}-EntropyCalibration2\n{scales}".encode("ascii")


def build(trt: Any, settings: dict[str, Any]) -> bytes:
    """Raises RuntimeError with TensorRT's words."""
    logger = trt.Logger(trt.Logger.WARNING)
    builder = trt.Builder(logger)
    flags = 0
    if int(trt.__version__.split(".")[0]) < 10:
        flags = 1 << int(trt.NetworkDefinitionCreationFlag.EXPLICIT_BATCH)
    network = builder.create_network(flags)
    parser = trt.OnnxParser(network, logger)
    if not parser.parse((HERE / settings["source"]).read_bytes()):
        raise RuntimeError("; ".join(str(parser.get_error(i)) for i in range(parser.num_errors)))
    config = builder.create_builder_config()
    size = settings["workspace_mib"] << 20
    if hasattr(config, "set_memory_pool_limit"):
        config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, size)
    else:
        config.max_workspace_size = size
    config.set_flag(trt.BuilderFlag.FP16)
    if settings["precision"] == "int8":
        config.set_flag(trt.BuilderFlag.INT8)
    if settings["sparse"]:
        config.set_flag(trt.BuilderFlag.SPARSE_WEIGHTS)
    if settings["dla"] is not None:
        config.default_device_type, config.DLA_core = trt.DeviceType.DLA, settings["dla"]
        config.set_flag(trt.BuilderFlag.GPU_FALLBACK)
        if settings["precision"] == "int8":
            config.int8_calibrator = calibrator(trt)
    made = builder.build_serialized_network(network, config)
    if made is None:
        raise RuntimeError("TensorRT built no engine; its log above says why")
    return bytes(made)


def calibrator(trt: Any) -> Any:
    """A calibrator that only reads the cache."""

    class Cached(trt.IInt8EntropyCalibrator2):  # type: ignore[misc]
        def get_batch_size(self) -> int:
            return 1

        def get_batch(self, names: list[str]) -> None:
            return None

        def read_calibration_cache(self) -> bytes:
            return cache_for(trt.__version__)

        def write_calibration_cache(self, cache: bytes) -> None:
            pass

    return Cached()


def misfit(found: dict[str, Any], here: dict[str, Any]) -> list[str]:
    """What an engine was built for and this machine is not."""
    wrong = {key: value for key, value in here.items() if found.get(key) != value}
    return [f"{key}: built for {found.get(key)}, here {value}" for key, value in wrong.items()]


def farthest(outputs: list[dict[str, Any]], golden: dict[str, Any]) -> float:
    """The largest difference of trtexec's outputs from the golden ones, in steps of each output's quantization."""
    by_name = {o["name"]: o["values"] for o in outputs}
    gaps = [
        abs(float(a) - float(b)) / float(wanted["step"])
        for name, wanted in golden.items()
        for a, b in zip(by_name[name], wanted["values"], strict=True)
    ]
    return max(gaps)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Build or check model.engine on the device.")
    parser.add_argument("--check", action="store_true", help="only say whether model.engine fits this machine")
    parser.add_argument("--compare", metavar="OUT.json", help="outputs exported by trtexec against the golden ones")
    given = parser.parse_args(arguments)
    settings = json.loads((HERE / "tensorrt.json").read_text("utf-8"))
    try:
        if given.compare:
            golden = json.loads((HERE / "golden_outputs.json").read_text("utf-8"))
            worst = farthest(json.loads(Path(given.compare).read_text("utf-8")), golden)
            print(f"largest difference: {worst:.3g} steps, {settings['steps']} are allowed")
            return 0 if worst <= settings["steps"] else 1
        import tensorrt as trt

        here = stamp(trt, settings)
        if given.check:
            wrong = misfit(json.loads((HERE / STAMP).read_text("utf-8")), here)
            print("\n".join(wrong) or "the engine fits")
            return 1 if wrong else 0
        (HERE / ENGINE).write_bytes(build(trt, settings))
        (HERE / STAMP).write_text(json.dumps(here, indent=1) + "\n", "utf-8")
    except (ImportError, OSError, RuntimeError, KeyError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(f"{ENGINE}: {here}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
