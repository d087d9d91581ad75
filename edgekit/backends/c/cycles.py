"""Estimated cycles: the instructions that an emulated core executes, each with a fixed cost of a table per core.

A model, not a measurement. What it knows is in `costs/<core>.toml`, with its source and its limits; what it cannot know
are stalls, caches and memories. Counts are exact: they must equal those of the emulated board's timer.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from edgekit.device.trace import Block
from edgekit.errors import ToolError
from edgekit.recipe import Section, validated

if TYPE_CHECKING:
    from edgekit.backends.c.options import Options

FOLDER = Path(__file__).with_name("costs")
CONDITION = "(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?$"
BRANCH = re.compile(rf"(b|bl|bx|blx|bxns|blxns){CONDITION}|cbn?z$|tb[bh]$|lep?$|letp$|wls")
LOOP_END = re.compile(r"le$|letp$")
LOAD = re.compile(r"ldr|ldm|pop|vldr|vldm|vpop|vld[24]")
STORE = re.compile(r"str|stm|push|vstr|vstm|vpush|vst[24]")
MULTIPLE = re.compile(r"v?ldm|v?stm|v?pop|v?push")
DOUBLE = re.compile(r"ldrd|strd")
MULTIPLY = re.compile(r"mul|ml[as]|sm[lmu]|um[lua]|vn?mul|vn?ml|vfm|vq?r?dml|vqr?dmul|vrml|vcm(ul|la)|vhcadd")
ACCUMULATE = re.compile(rf"ml[as]{CONDITION}")
LONG_MULTIPLY = re.compile(rf"[su]mulls?{CONDITION}")
LONG_ACCUMULATE = re.compile(rf"([su]mlals?|umaal){CONDITION}")
DIVIDE = re.compile(r"[su]div")
MULTIPLY_PIPE = re.compile(r"\.f(16|32)|^vaddl?v|^vcmp|^vpt")  # of vectors, beside multiplications
FLOAT_DIVIDE = re.compile(r"vdiv|vsqrt")


class Costs(Section):
    """Cycles of instructions on one core; the defaults are the Cortex-M4's."""

    source: str
    limits: str
    ranks: bool = False  # whether it is true enough to choose between forms
    other: int = 1
    load: int = 2
    store: int = 1
    store_indexed: int = 2
    multiple: int = 1
    words_a_cycle: int = 1
    double: int = 3
    accumulate: int = 1
    long_multiply: int = 1
    long_accumulate: int = 1
    divide: int = 12
    float_divide: int = 14
    taken: int = 1
    vector: int = 0


class Instruction(NamedTuple):
    """One line of a disassembly: the name without its width, and the operands as text."""

    size: int
    name: str
    operands: str


@dataclass(frozen=True)
class Count:
    """Instructions, estimated cycles, and instructions by class."""

    instructions: int
    cycles: int
    classes: dict[str, int]


def fingerprint(core: str) -> str | None:
    """16 hex digits over what estimated cycles depend on beside the code that runs: the core's costs without their
    words, and this file. None when there is no table."""
    costs = costs_of(core)
    if costs is None:
        return None
    numbers = json.dumps(costs.model_dump(exclude={"source", "limits", "ranks"}), sort_keys=True)
    return hashlib.sha256(numbers.encode() + Path(__file__).read_bytes()).hexdigest()[:16]


def costs_of(core: str) -> Costs | None:
    """The table of a core; None when there is none. Raises InputError."""
    path = FOLDER / f"{core}.toml"
    if not path.is_file():
        return None
    found: Costs = validated(Costs, tomllib.loads(path.read_text("utf-8")), str(path))
    return found


def disassemble(image: Path, options: Options) -> tuple[dict[int, Instruction], dict[str, int]]:
    """Instructions by address, and addresses of functions by name, of a linked image. Raises ToolError."""
    program = re.sub(r"gcc$", "objdump", options.compiler)
    # Without the architecture's name, vector instructions of an image with code of other cores are not decoded.
    machine = ["-m", "armv8.1-m.main"] if options.core == "cortex-m55" else []
    try:
        done = subprocess.run([program, "-d", *machine, str(image)], capture_output=True, text=True, timeout=120)
    except FileNotFoundError as error:
        raise ToolError(program, "is not installed", "install the compiler's binutils") from error
    if done.returncode:
        raise ToolError(program, f"fails: {done.stderr.strip()[-300:]}", "see `edgekit doctor`")
    instructions, functions = {}, {}
    for line in done.stdout.splitlines():
        if found := re.match(r"([0-9a-f]+) <(.+)>:$", line):
            functions[found[2]] = int(found[1], 16)
        elif len(words := line.split("\t")) >= 3 and words[0].endswith(":"):
            name = re.sub(r"\.[wn]$", "", words[2].strip())
            operands = words[3].split("@")[0] if len(words) > 3 else ""
            size = len(words[1].replace(" ", "")) // 2
            instructions[int(words[0].strip(" :"), 16)] = Instruction(size, name, operands)
    return instructions, functions


def classified(instruction: Instruction) -> str:
    """load, store, multiply, branch or other; of whole vectors with `vector_` before it."""
    name = instruction.name
    if BRANCH.match(name):
        return "branch"
    kind = "load" if LOAD.match(name) else "store" if STORE.match(name) else "other"
    kind = "multiply" if MULTIPLY.match(name) else kind
    return f"vector_{kind}" if is_vector(instruction) else kind


def is_vector(instruction: Instruction) -> bool:
    """Does it work on whole vectors? Scalar floating point does not."""
    return instruction.name.startswith("v") and re.search(r"\bq\d", instruction.operands) is not None


def cycles(instruction: Instruction, before: Instruction | None, costs: Costs) -> int:
    """Cycles of one instruction that does not branch; `before` is the one that is executed just before it."""
    name, operands = instruction.name, instruction.operands
    if is_vector(instruction):
        overlaps = before is not None and is_vector(before) and _pipe(before) != _pipe(instruction)
        return costs.vector - overlaps
    if LOOP_END.match(name):
        return 0
    if MULTIPLE.match(name):
        return costs.multiple + -(-_words(operands) // costs.words_a_cycle)
    if DOUBLE.match(name):
        return costs.double
    if LOAD.match(name):
        return costs.load + (name.startswith("vldr") and operands.lstrip().startswith("d"))
    if STORE.match(name):
        return costs.store_indexed if re.search(r"\[\w+, ?[a-z]", operands) else costs.store
    for pattern, cost in ((ACCUMULATE, costs.accumulate), (LONG_MULTIPLY, costs.long_multiply),
                          (LONG_ACCUMULATE, costs.long_accumulate), (DIVIDE, costs.divide),
                          (FLOAT_DIVIDE, costs.float_divide)):  # fmt: skip
        if pattern.match(name):
            return cost
    return costs.other


class Code:
    """The instructions of an image by address, and what blocks of them cost, each worked out once."""

    def __init__(self, instructions: Mapping[int, Instruction], costs: Costs) -> None:
        self._instructions, self._costs = instructions, costs
        self._known: dict[tuple[Block, int], Count] = {}

    def count(self, executed: Iterable[Mapping[tuple[Block, int], int]]) -> Count:
        """What executed blocks amount to. A negative number of executions takes some away.

        Raises:
            ToolError: a block is not in the disassembly.
        """
        number = total = 0
        classes: Counter[str] = Counter()
        for blocks in executed:
            for key, times in blocks.items():
                if key not in self._known:
                    self._known[key] = self._once(*key)
                one = self._known[key]
                number += times * one.instructions
                total += times * one.cycles
                for name, n in one.classes.items():
                    classes[name] += times * n
        return Count(number, total, {name: n for name, n in sorted(classes.items()) if n})

    def _once(self, block: Block, following: int) -> Count:
        inside = self._inside(block)
        classes: Counter[str] = Counter()
        before, cost = None, 0
        for _, instruction in inside:
            cost += cycles(instruction, before, self._costs)
            classes[classified(instruction)] += 1
            before = instruction
        address, last = inside[-1]
        end = address + last.size
        cost += _jump(last, following != end, self._costs)
        after = self._instructions.get(end)
        if following == end and after is not None and not BRANCH.match(last.name):
            # QEMU also ends a block at the end of a page: what is next then runs just behind the last instruction.
            cost += cycles(after, last, self._costs) - cycles(after, None, self._costs)
        return Count(len(inside), cost, classes)

    def _inside(self, block: Block) -> list[tuple[int, Instruction]]:
        found: list[tuple[int, Instruction]] = []
        address = block.start
        while address < block.end and (not block.limit or len(found) < block.limit):
            instruction = self._instructions.get(address)
            if instruction is None:
                what = f"{address:#x} is no instruction of the image"
                raise ToolError("QEMU's log", what, "report it: edgekit doctor")
            found.append((address, instruction))
            address += instruction.size
        return found


def _jump(last: Instruction, taken: bool, costs: Costs) -> int:
    """Cycles more of the last instruction of a block. The end of a low-overhead loop costs when the loop ends:
    the branch that it takes in its first round, before the core knows it."""
    if LOOP_END.match(last.name):
        return 0 if taken else 1 + costs.taken
    return costs.taken if taken else 0


def _pipe(instruction: Instruction) -> str:
    kind = classified(instruction)
    if kind in ("vector_load", "vector_store"):
        return "memory"
    return "multiply" if kind == "vector_multiply" or MULTIPLY_PIPE.search(instruction.name) else "integer"


def _words(operands: str) -> int:
    """Words that a list of registers holds: {r4-r7, lr}, {d8-d15}."""
    listed = re.search(r"\{(.*)\}", operands)
    words = 0
    for part in (listed[1] if listed else "").split(","):
        first, _, last = part.strip().partition("-")
        numbers = [int(re.sub(r"\D", "", _ALIASES.get(name, name)) or 0) for name in (first, last or first)]
        words += (numbers[1] - numbers[0] + 1) * (2 if first.startswith("d") else 1)
    return words


_ALIASES = {"sb": "r9", "sl": "r10", "fp": "r11", "ip": "r12", "sp": "r13", "lr": "r14", "pc": "r15"}
