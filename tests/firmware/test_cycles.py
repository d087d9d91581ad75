"""The model of cycles, on blocks counted by hand and on running firmware."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from edgekit.backends import c
from edgekit.backends.c import cycles, options
from edgekit.backends.c.cycles import Code, Instruction, classified, costs_of
from edgekit.device.trace import Block
from edgekit.errors import ToolError
from edgekit.target import load_targets
from tests.backends.graphs import small_int8


def program(*lines: str) -> dict[int, Instruction]:
    """Instructions of four bytes each, from address 0."""
    return {4 * i: Instruction(4, *(f"{line} ".split(" ", 1))) for i, line in enumerate(lines)}  # type: ignore[arg-type]


def costed(core: str, *lines: str, taken: int = 0, not_taken: int = 1) -> int:
    costs = costs_of(core)
    assert costs is not None
    code = program(*lines)
    block = Block(0, 4 * len(lines), 0)
    return Code(code, costs).count([{(block, 0): taken, (block, block.end): not_taken}]).cycles


@pytest.mark.parametrize(
    ("line", "cycles"),
    [
        ("add r0, r1", 1), ("smlad r0, r1, r2, r3", 1), ("smull r0, r1, r2, r3", 1), ("sdiv r0, r1", 12),
        ("ldr r0, [r1, #4]", 2), ("ldrb r0, [r1, r2]", 2), ("ldrd r0, r1, [r2]", 3), ("ldmia r0!, {r4, r5, r6, r7}", 5),
        ("ldmia r0!, {r1, r4-r6}", 5), ("push {r4, r5, lr}", 4), ("pop {r4-r7, pc}", 6), ("str r0, [r1, #4]", 1),
        ("str r0, [r1, r2]", 2), ("strd r0, r1, [sp, #8]", 3), ("vldr s0, [r1]", 2), ("vldr d0, [r1]", 3),
        ("vpush {d8-d15}", 17), ("bics r0, r1", 1), ("bls 0x100", 1),
    ],
)  # fmt: skip
def test_the_costs_of_the_cortex_m4(line: str, cycles: int) -> None:
    assert costed("cortex-m4", line) == cycles


def test_branches_cost_more_when_they_are_taken() -> None:
    assert costed("cortex-m4", "subs r0, #1", "bne 0x0", taken=9, not_taken=1) == 9 * 3 + 2
    assert costed("cortex-m55", "vldrb.u8 q0, [r0]", "le lr, 0x0", taken=9, not_taken=1) == 9 * 2 + 2 + 3


def test_vector_instructions_take_two_beats_that_overlap_in_different_pipes() -> None:
    load, multiply, store = "vldrw.u32 q0, [r0]", "vmul.i32 q1, q0, q0", "vstrw.32 q1, [r1]"
    assert costed("cortex-m55", load, "vadd.i32 q1, q0, q0", multiply, store) == 5
    assert costed("cortex-m55", load, load, multiply) == 5
    assert costed("cortex-m55", "vldmia r0!, {d0-d7}", "vmladava.s8 r0, q0, q1", "vmladava.s8 r2, q0, q2") == 12


def test_vector_instructions_overlap_where_the_end_of_a_page_parts_them() -> None:
    costs = costs_of("cortex-m55")
    assert costs is not None
    code = Code(program("vldrw.u32 q0, [r0]", "vmul.i32 q1, q0, q0", "vstrw.32 q1, [r1]"), costs)
    whole = code.count([{(Block(0, 12, 0), 12): 1}])
    assert whole.cycles == 4 == code.count([{(Block(0, 4, 0), 4): 1, (Block(4, 12, 0), 12): 1}]).cycles
    assert whole.cycles == code.count([{(Block(0, 12, 2), 8): 1, (Block(8, 12, 0), 12): 1}]).cycles


def test_a_limited_block_ends_early_and_takings_away_cancel() -> None:
    costs = costs_of("cortex-m4")
    assert costs is not None
    code = Code(program("ldr r0, [r1]", "ldr r0, [r1]", "b 0x0"), costs)
    found = code.count([Counter({(Block(0, 12, 2), 8): 3, (Block(0, 12, 0), 0): 1})])
    assert (found.instructions, found.cycles, found.classes) == (9, 18, {"branch": 1, "load": 8})
    both = {(Block(0, 12, 0), 0): 2}
    assert code.count([both, {key: -n for key, n in both.items()}]) == cycles.Count(0, 0, {})
    with pytest.raises(ToolError, match="0xc is no instruction"):
        code.count([{(Block(0, 16, 0), 0): 1}])


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("ble 0x4", "branch"), ("blx r3", "branch"), ("cbnz r0, 0x4", "branch"), ("wlstp.8 lr, r0, 0x4", "branch"),
        ("bic r0, r1", "other"), ("bfi r0, r1, #0, #4", "other"), ("dls lr, r0", "other"), ("ldrne r0, [r1]", "load"),
        ("smmulr r0, r1", "multiply"), ("muls r0, r1", "multiply"), ("mls r0, r1, r2", "multiply"),
        ("smlalbb r0, r1", "multiply"), ("vmul.f32 s0, s1, s2", "multiply"), ("vldr s0, [r0]", "load"),
        ("vmladava.s8 r0, q0, q1", "vector_multiply"), ("vqrdmulh.s32 q0, q0, r1", "vector_multiply"),
        ("vldrb.u8 q0, [r0]", "vector_load"), ("vdup.8 q0, r0", "vector_other"),
    ],
)  # fmt: skip
def test_classes(line: str, kind: str) -> None:
    (instruction,) = program(line).values()
    assert classified(instruction) == kind


def test_every_emulated_core_has_a_table_with_its_source_and_limits() -> None:
    cores = {c.options_of(t).core for t in load_targets().values() if t.backend == "c" and "emulator" in t.options}
    for core in cores:
        costs = costs_of(core)
        assert costs is not None and costs.source and costs.limits, core
    assert {path.stem for path in cycles.FOLDER.iterdir()} >= cores and costs_of("portable") is None


def test_a_timer_that_cannot_count_instructions_is_refused() -> None:
    good = {"machine": "m", "icount_shift": 8, "uart": 0, "timer": 0, "hz": 25_000_000}
    options.Emulator.model_validate(good)
    with pytest.raises(ValueError, match="more than 4 ticks"):
        options.Emulator.model_validate({**good, "icount_shift": 7})


@pytest.mark.parametrize("name", ["qemu-m3", "qemu-m33", "qemu-m55"])
def test_the_log_and_the_timer_count_the_same(name: str, tmp_path: Path) -> None:
    for program_name in ("arm-none-eabi-gcc", "qemu-system-arm"):
        if shutil.which(program_name) is None:
            pytest.skip(f"{program_name} is not installed")
    c.compile(small_int8(), load_targets()[name], tmp_path)
    measured = c.bench(tmp_path)
    found = c.estimate_cycles(tmp_path, measured)
    assert found["cycle_model"]["core"] == load_targets()[name].options["core"]
    assert sum(found["classes"].values()) == found["total"] == measured["total"]
    assert found["cycles"] > found["total"] // 2
    for row in found["layers"]:
        assert sum(row["classes"].values()) == row["count"] and row["cycles"] > 0
    measured["layers"][-1]["count"] += 1
    with pytest.raises(ToolError, match="instructions are logged, the timer counts"):
        c.estimate_cycles(tmp_path, measured)


def test_what_runs_on_the_host_is_not_estimated(tmp_path: Path) -> None:
    target = load_targets()["host-c"]
    if shutil.which(c.options_of(target).compiler) is None:
        pytest.skip("no C compiler is installed")
    c.compile(small_int8(), target, tmp_path)
    measured = c.bench(tmp_path)
    assert c.estimate_cycles(tmp_path, measured) == {**measured, "cycle_model": None}
