"""Does the model fit? Known exactly for RAM and constants before anything is compiled."""

from __future__ import annotations

from edgekit.analysis import live_bytes
from edgekit.backends._contract import Rejection
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.groups import Division, divide, flash_bytes
from edgekit.backends.c.layers import constant_bytes
from edgekit.backends.c.memory import memory_map
from edgekit.backends.c.options import Options, level_of, options_of
from edgekit.graph import Graph, brief
from edgekit.target import Target, load_targets

CODE_BYTES = 32 << 10  # kernels, serial harness and startup at -O3, with room to spare
KERNEL_BYTES = (16 << 10, 8 << 10, 4 << 10, 0)  # of them, taken by kernels
HARNESS_BYTES = 9 << 10  # stack and the serial harness's own state


def division_for(graph: Graph, target: Target) -> tuple[Division, list[str]]:
    """The division that a build for the target has, and notes on it.

    Where the board's flash has no room for its constants, forms give way to smaller ones.

    Raises:
        InputError: unknown options. UnsupportedError: a layer without a kernel.
    """
    options = options_of(target)
    core, optimize, flash = options.core, options.optimize, target.memory.flash
    found = divide(graph, core, optimize, options.ram_limit, flash_limit=options.flash_limit)
    small = found
    for kernels in KERNEL_BYTES:  # as few as need be, so that no layer is slower than it must be
        if flash is None or constant_bytes(graph, small.calls, small.groups) + CODE_BYTES <= flash:
            break
        room = max(0, flash - CODE_BYTES) + kernels
        limit = room if options.flash_limit is None else min(room, options.flash_limit)
        small = divide(graph, core, optimize, options.ram_limit, flash_limit=limit)
    if small is found:
        return found, []
    more = 100 * (small.cost.time / found.cost.time - 1)
    return small, [f"kernels of fewer bytes, for the flash of {target.title}: about {more:.1f} % more time"]


def does_not_fit(graph: Graph, target: Target) -> list[Rejection]:
    """At most one rejection for each limit, one for RAM and one for flash, with the figures and what would help."""
    options = options_of(target)
    division, _ = division_for(graph, target)
    calls, groups = division.calls, division.groups
    arena, constants = memory_map(graph, calls, groups=groups).arena, constant_bytes(graph, calls, groups)
    inputs = sum(graph.tensors[name].bytes for name in graph.inputs)
    need_ram, need_flash = arena + inputs + HARNESS_BYTES, constants + CODE_BYTES
    fitting = _fitting(target, need_ram, need_flash)
    found = []
    limit = options.ram_limit
    if limit is not None and arena > limit:
        found.append(
            Rejection(
                graph.nodes[0].name,
                "ram_limit",
                "Layers that run stripe by stripe must bring the arena under the limit.",
                f"{arena:,} bytes at least, the limit is {limit:,}",
                "Raise ram_limit, or make the input or the first activations smaller.",
            )
        )
    least = flash_bytes(graph, division, options.core, level_of(options))
    if options.flash_limit is not None and least > options.flash_limit:
        found.append(
            Rejection(
                graph.nodes[0].name,
                "flash_limit",
                "Kernels and all constants must stay within the limit.",
                f"{least:,} bytes at least, the limit is {options.flash_limit:,}",
                'Raise flash_limit, or make the model smaller; optimize = "flash" also compiles for size.',
            )
        )
    ram, flash = target.memory.ram, target.memory.flash
    if ram is not None and need_ram > ram:
        live = live_bytes(graph)
        peak = graph.nodes[live.index(max(live))].name
        striped = _striped(graph, options, ram - inputs - HARNESS_BYTES)
        share = max(0, ram - HARNESS_BYTES) / (arena + inputs)
        found.append(
            Rejection(
                peak,
                "RAM",
                f"Arena, input buffer, and {HARNESS_BYTES:,} bytes of stack and harness must fit the RAM of "
                f"{target.title}.",
                f"{need_ram:,} bytes ({arena:,} of arena, {inputs:,} of input) of {ram:,}: {need_ram - ram:,} too many",
                f"Activations must shrink to {share:.0%}: input height and width to {share**0.5:.0%}, or fewer "
                f"channels around {brief(peak)}, where the peak is{striped}{fitting}.",
            )
        )
    if flash is not None and need_flash > flash:
        largest = max((t for t in graph.tensors.values() if t.is_constant), key=lambda t: t.bytes)
        found.append(
            Rejection(
                largest.name,
                "flash",
                f"Constants and {CODE_BYTES:,} bytes of code must fit the flash of {target.title}.",
                f"{need_flash:,} bytes of {flash:,}: {need_flash - flash:,} too many",
                f"Constants must shrink to {max(0, flash - CODE_BYTES) / constants:.0%}: prune, or use fewer channels; "
                f"the largest is {brief(largest.name)} with {largest.bytes:,} bytes"
                f"{_plain(graph, options, flash)}{fitting}.",
            )
        )
    return found


def _striped(graph: Graph, options: Options, room: int) -> str:
    """Whether the model would fit with layers that run stripe by stripe."""
    if options.optimize == "ram" or options.ram_limit is not None:
        return ""
    found = divide(graph, options.core, "ram")
    arena = memory_map(graph, found.calls, groups=found.groups).arena
    fits = "fits" if arena <= room else "is still too much"
    return f'; with optimize = "ram" the arena is {arena:,} bytes, which {fits}'


def _plain(graph: Graph, options: Options, room: int) -> str:
    """Whether the model would fit with the kernels that need the fewest bytes."""
    if options.optimize == "flash":
        return ""
    need = constant_bytes(graph, calls_of(graph, options.core, "flash")) + CODE_BYTES
    fits = "fits" if need <= room else "is still too much"
    return f'; with optimize = "flash" it is {need:,} bytes, which {fits}'


def _fitting(target: Target, ram: int, flash: int) -> str:
    """Other boards of this backend that have the room, the smallest first."""
    rooms = [
        (t.memory.ram, name)
        for name, t in load_targets().items()
        if t.backend == target.backend and t.memory.ram is not None and t.memory.flash is not None
        and t.memory.ram >= ram and t.memory.flash >= flash and "emulator" not in t.options
    ]  # fmt: skip
    return f"; it would fit {', '.join(name for _, name in sorted(rooms)[:3])}" if rooms else ""
