"""Whatever happens to line or board: the right numbers, or one clear error; never a wrong number, never a hang."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends import c
from edgekit.device.session import Session
from edgekit.errors import ToolError, VerificationError
from edgekit.graph import Graph
from edgekit.reference import Simulator
from edgekit.target import load_targets
from tests.backends.graphs import small_int8
from tests.device import memory_board
from tests.device.faulty import FaultyLink
from tests.device.memory_board import Clock, MemoryBoard

HOURS = 3600.0
pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler for the host")


@pytest.fixture(autouse=True)
def repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a session draws by chance is fixed, so that a seed names one conversation."""
    monkeypatch.setattr("edgekit.device.session.secrets.token_hex", lambda count: "5e" * count)
    monkeypatch.setattr("edgekit.device.session.secrets.randbelow", lambda limit: limit // 3)


@dataclass(frozen=True)
class Case:
    """A model on the memory board, inputs, and what is right."""

    graph: Graph
    folder: Path
    library: Path
    other: Path  # the firmware of another model of the same shapes
    inputs: list[bytes]
    outputs: list[bytes]
    crcs: list[list[str]]
    times: tuple[int, list[int]]
    places: dict[int, int]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    import binascii
    import json

    libraries = []
    for seed in (1, 0):
        folder = tmp_path_factory.mktemp(f"board{seed}")
        graph = small_int8(seed)
        c.compile(graph, load_targets()["host-c"], folder)
        libraries.append(memory_board.build(folder))
    facts = json.loads((folder / "firmware.json").read_text("utf-8"))
    x = np.random.default_rng(5).integers(-128, 128, (4, *graph.tensors["x"].shape[1:])).astype(np.int8)
    layers = Simulator(graph).run({"x": x}, layers=True)
    count = len(facts["layers"])
    asks = [(n, n + 1, n + 2) for n in range(1, 3 * (count + 1), 3)]
    ticks = [last**2 - middle**2 for _, middle, last in asks]
    return Case(
        graph, folder, libraries[1], libraries[0],
        [row.tobytes() for row in x],
        [layers["z"][i : i + 1].tobytes() for i in range(4)],
        [[f"{binascii.crc32(layers[n][i : i + 1].tobytes()):08x}" for n in facts["layers"]] for i in range(4)],
        (ticks[0], ticks[1:]),
        {facts["offsets"]["z"]: 200},
    )  # fmt: skip


def converse(case: Case, session: Session, index: int) -> None:
    """One of each question, all answers compared with what is right."""
    assert session.infer(case.inputs[index], case.places) == [case.outputs[index]]
    assert session.layer_crcs(case.inputs[index]) == case.crcs[index]
    assert session.times(case.inputs[index]) == case.times


def torture(case: Case, seeds: range, rate: float, with_actions: bool) -> tuple[Counter[str], Counter[str]]:
    """One conversation per seed on one faulty line each; (faults injected, how the conversations ended)."""
    faults: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for seed in seeds:
        clock = Clock()
        board = MemoryBoard(case.library, clock)
        actions = {"reset": board.reset, "exchange": lambda b=board: b.reset(case.other), "unplug": board.unplug}
        if not with_actions:
            actions = {}
        elif seed % 4:
            del actions["unplug"], actions["exchange"]
        line = FaultyLink(board, seed, rate, actions=actions)
        try:
            session = Session(line, case.graph.fingerprint(), clock=clock)
            for turn in range(4):
                converse(case, session, (seed + turn) % 4)
            ends["right"] += 1
        except (ToolError, VerificationError) as error:
            assert error.where and error.what and error.fix, f"seed {seed}: {error!r}"
            ends[type(error).__name__] += 1
        except BaseException:
            print(f"seed {seed}, rate {rate}, faults {dict(line.injected)}")
            raise
        assert clock.now < HOURS, f"seed {seed}: the conversation takes {clock.now:.0f} s"
        faults += line.injected
    return faults, ends


def test_right_numbers_without_faults(case: Case) -> None:
    clock = Clock()
    session = Session(MemoryBoard(case.library, clock), case.graph.fingerprint(), clock=clock)
    for index in range(4):
        converse(case, session, index)
    assert session.retries == 0


@pytest.mark.parametrize(("rate", "seeds", "share"), [(0.05, 120, 1.0), (0.3, 120, 0.8), (0.6, 60, 0.0)])
def test_damaged_line(case: Case, rate: float, seeds: int, share: float) -> None:
    faults, ends = torture(case, range(seeds), rate, with_actions=False)
    print(f"seeds 0..{seeds - 1}, rate {rate}: {faults.total()} faults {dict(faults)}, ends {dict(ends)}")
    assert set(faults) == set(FaultyLink.KINDS)
    assert ends["right"] >= share * seeds, "too few conversations are repaired"


def test_damaged_line_and_boards_that_reset_vanish_or_are_exchanged(case: Case) -> None:
    faults, ends = torture(case, range(160), 0.1, with_actions=True)
    print(f"seeds 0..159, rate 0.1: {faults.total()} faults {dict(faults)}, ends {dict(ends)}")
    assert {"reset", "exchange", "unplug"} <= set(faults)
    assert {"right", "ToolError", "VerificationError"} == set(ends)
    assert ends["right"] > 60


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("with_actions", [False, True])
def test_many_faults(case: Case, rate: float, with_actions: bool) -> None:
    faults, ends = torture(case, range(1000, 2000), rate, with_actions)
    print(f"seeds 1000..1999, rate {rate}: {faults.total()} faults, ends {dict(ends)}")
    assert ends["right"] > 10


@pytest.mark.parametrize("receive_bytes", [64, 100, 200])
def test_small_receive_buffer(case: Case, receive_bytes: int) -> None:
    """The end of long lines is lost: shorter ones are used, and the same numbers come."""
    clock = Clock()
    session = Session(MemoryBoard(case.library, clock, receive_bytes), case.graph.fingerprint(), clock=clock)
    for index in range(4):
        converse(case, session, index)


def test_hopeless_receive_buffer(case: Case) -> None:
    clock = Clock()
    with pytest.raises(ToolError, match="board at memory: no good answer among 213 bytes to 'info' in 8 attempts"):
        Session(MemoryBoard(case.library, clock, 20), clock=clock)
    assert clock.now < 60


def test_firmware_of_another_model(case: Case) -> None:
    clock = Clock()
    with pytest.raises(VerificationError, match="runs another model") as caught:
        Session(MemoryBoard(case.other, clock), case.graph.fingerprint(), clock=clock)
    assert "edgekit flash" in caught.value.fix


def test_board_exchanged_between_load_and_infer(case: Case) -> None:
    clock = Clock()
    board = MemoryBoard(case.library, clock)
    session = Session(board, case.graph.fingerprint(), clock=clock)
    board.reset(case.other)
    with pytest.raises(VerificationError, match="exchanged"):
        session.infer(case.inputs[0], case.places)


def test_board_that_always_resets_after_the_input_is_loaded(case: Case) -> None:
    clock = Clock()
    board = MemoryBoard(case.library, clock)
    session = Session(board, case.graph.fingerprint(), clock=clock)
    load = session.load

    def load_and_reset(data: bytes) -> None:
        load(data)
        board.reset()

    session.load = load_and_reset  # type: ignore[method-assign]
    for question in (session.layer_crcs, session.times, lambda data: session.infer(data, case.places)):
        with pytest.raises(ToolError, match="loses its state again and again"):
            question(case.inputs[0])


def test_silent_noisy_and_strange_firmware() -> None:
    """Lines of any content, most of them with a right CRC: errors of the family only."""
    import random

    from edgekit.device.session import _crc

    clock = Clock()

    class Strange:
        name = "strange"

        def __init__(self, seed: int) -> None:
            self.random, self.asked = random.Random(seed), b""

        def write(self, data: bytes) -> None:
            self.asked = data

        def read(self, timeout: float) -> bytes:
            clock.now += timeout / 3
            number, verb = self.asked.split(b"*")[0].split()[1:3]
            words = [b"hash=x", b"version=1", b"unit=t", b"stack=0", b"arena=9", b"hz=1", b"output=4"]
            words += [b"layers=" + self.random.choice((b"1", b"-1", b"x")), b"input=4"]
            other = [b"begun", b"error x", b"", b"x", b"-5", b"hash=", b"\xff=\xfe", b"=" * 9, number]
            words = words if self.random.random() < 0.7 else self.random.choices(other, k=self.random.randrange(4))
            body = b" ".join([number, verb, *words])
            return self.random.choice((b"ek-" + body + b"*" + _crc(body).encode() + b"\r\n", b"\n" * 2000, b"ek-*\n"))

        def close(self) -> None: ...

    refused = 0
    for seed in range(200):
        try:
            session = Session(Strange(seed), clock=clock)
            for ask in (session.layer_crcs, session.times, lambda data, s=session: s.infer(data, {0: 4})):
                with pytest.raises((ToolError, VerificationError)):
                    ask(bytes(4))
        except (ToolError, VerificationError):
            refused += 1
    assert 0 < refused < 200
