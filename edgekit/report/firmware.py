"""What generated C takes on a device, in words: for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def arena(facts: Mapping[str, Any]) -> str:
    """The arena's bytes beside those that are alive at once, in words."""
    plan = "plan of these groups" if (facts.get("groups") or {}).get("layers") else "plan"
    return f"{facts['arena_bytes']:,} B; no {plan} needs less than {facts['arena_bound_bytes']:,} B"


def groups(facts: Mapping[str, Any]) -> str:
    """What groups of layers save and cost, in words."""
    more = "less" if facts["instructions"] < 0 else "more"
    return (
        f"{sum(map(len, facts['layers'].values()))} layers in {len(facts['layers'])} groups, stripe by stripe; "
        f"instead of {facts['arena_bytes']:,} B, for about {abs(facts['instructions']):,} instructions {more} "
        f"({facts['calls']:,} calls, {facts['moved_bytes']:,} B moved)"
    )


def firmware(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Lines (what, figures) of a build's manifest; none for targets without generated C."""
    facts, bench = manifest["artifact"], manifest.get("bench")
    if "arena_bytes" in facts:
        yield "arena", arena(facts)
    if facts.get("groups", {}).get("layers"):
        yield "groups", groups(facts["groups"])
    if "flash_code_bytes" in facts:
        code = facts["flash_code_bytes"]
        yield "flash", f"{facts['constant_bytes']:,} B of constants, {code:,} B of code with the serial harness"
    if bench is not None:
        per_mac = f" ({bench['total'] / bench['macs']:.3f} per MAC)" if bench["macs"] else ""
        yield "counted", f"{bench['total']:,} {bench['unit']}{per_mac} on {bench['vehicle']}"
        yield "stack", f"{bench['stack_bytes']:,} B at its highest"
