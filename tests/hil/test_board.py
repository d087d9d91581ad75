"""What every board must do: say who it is, compute what the simulator computes, count, and speak MLPerf Tiny."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest

from edgekit.backends.c.vehicle import Vehicle
from edgekit.errors import ToolError, VerificationError
from edgekit.reference import Simulator

SAMPLES = 4


def samples(board: Vehicle) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(11)
    found = {}
    for name in board.graph.inputs:
        tensor = board.graph.tensors[name]
        shape = (SAMPLES, *tensor.shape[1:])
        found[name] = rng.integers(-128, 128, shape).astype(tensor.dtype)
    return found


def say(board: Vehicle, command: str, seconds: float = 30, silence: float = 0.05) -> list[str]:
    """One command of MLPerf Tiny once the line was silent; the lines up to m-ready."""
    link = board.session._link
    while silence and link.read(silence):
        pass
    link.write(command.encode() + b"%")
    text, deadline = b"", time.monotonic() + seconds
    while b"m-ready\r\n" not in text:
        assert time.monotonic() < deadline, f"no m-ready after {command!r}: {text!r}"
        text += link.read(0.5)
    return text.decode("ascii").split("\r\n")[:-1]


def load(board: Vehicle, data: bytes) -> None:
    assert say(board, f"db load {len(data)}") == [f"m-[Expecting {len(data)} bytes]", "m-ready"]
    for start in range(0, len(data), 32):
        lines = say(board, f"db {data[start : start + 32].hex()}", silence=0)  # after the answer to the last line
        assert lines == (["m-load-done"] if start + 32 >= len(data) else []) + ["m-ready"]


def test_identity(board: Vehicle) -> None:
    info = board.session.ask_info()
    assert info.hash == board.graph.fingerprint()
    assert info.input == sum(board.graph.tensors[n].bytes for n in board.graph.inputs)
    assert info.layers == len(board.facts["layers"])


def test_outputs_equal_the_simulator(board: Vehicle) -> None:
    arrays = samples(board)
    expected = Simulator(board.graph).run(arrays)
    for index in range(SAMPLES):
        found = board.run({name: array[index : index + 1] for name, array in arrays.items()})
        for name, values in found.items():
            assert np.array_equal(values, expected[name][index : index + 1]), f"sample {index}, output {name}"


def test_every_layer_equals_the_simulator(board: Vehicle) -> None:
    result = board.verify(samples(board))
    assert result.samples == SAMPLES and result.layers
    assert result.first_difference is None, result.first_difference


def test_times(board: Vehicle) -> None:
    """Positive; on an emulator the same to the instruction, whatever was asked before."""
    data = bytes(board.session.info.input)
    first = board.bench()
    assert first["total"] > 0 and len(first["layers"]) == board.session.info.layers
    board.session.layer_crcs(data)
    second = board.bench()
    if board.options.emulator is not None and first["unit"] == "instructions":
        assert second["total"] == first["total"]
        assert second["layers"] == first["layers"]
    assert sum(row["count"] for row in first["layers"]) > 0


def test_errors_are_answered(board: Vehicle) -> None:
    for command in ("nonsense", "db", "db zz", "infer 0", "infer x", "db load 0", "db load 999999999"):
        lines = say(board, command)
        assert lines[-1] == "m-ready" and lines[0].startswith("e-["), f"{command}: {lines}"
    assert say(board, "x" * 5000)[0] == "e-[Command too long]"
    with pytest.raises(ToolError, match="refuses 'read'"):
        board.session.request("read 4000000000 256")
    with pytest.raises(VerificationError, match="input bytes"):
        board.session.infer(b"", {})


def test_mlperf_tiny_conversation(board: Vehicle) -> None:
    """name, profile, timestamp, load, infer and results, as the benchmark's public runner reads them."""
    assert any(re.fullmatch(r"m-name-dut-\[\S+\]", line) for line in say(board, "name"))
    profile = say(board, "profile")
    assert profile[0].startswith("m-profile-[ULPMark for tinyML Firmware") and profile[1].startswith("m-model-[")
    before, after = (int(say(board, "timestamp")[0].removeprefix("m-lap-us-")) for _ in range(2))
    assert after >= before
    arrays = samples(board)
    load(board, b"".join(array[:1].tobytes() for array in arrays.values()))
    lines = say(board, "infer 2 1")
    laps = [int(line.removeprefix("m-lap-us-")) for line in lines if line.startswith("m-lap-us-")]
    assert len(laps) == 2 and laps[1] >= laps[0]
    assert "m-warmup-done" in lines and "m-infer-done" in lines
    (text,) = (line for line in lines if line.startswith("m-results-["))
    assert text in say(board, "results")
    found = [float(word) for word in text.removeprefix("m-results-[").removesuffix("]").split(",")]
    expected = Simulator(board.graph).run({name: array[:1] for name, array in arrays.items()})
    wanted: list[float] = []
    for name in board.graph.outputs:
        q = board.graph.tensors[name].quantization
        values = expected[name].astype(np.float64).ravel()
        wanted += list(values if q is None else (values - q.zero_point[0]) * q.scale[0])
    assert np.allclose(found, wanted, atol=6e-4, rtol=1e-6)
