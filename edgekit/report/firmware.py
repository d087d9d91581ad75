"""What generated C takes on a device, in words: for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def firmware(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Lines (what, figures) of a build's manifest; none for targets without generated C."""
    facts, bench = manifest["artifact"], manifest.get("bench")
    if "arena_bytes" in facts:
        yield "arena", f"{facts['arena_bytes']:,} B; no plan needs less than {facts['arena_bound_bytes']:,} B"
    if "flash_code_bytes" in facts:
        code = facts["flash_code_bytes"]
        yield "flash", f"{facts['constant_bytes']:,} B of constants, {code:,} B of code with the serial harness"
    if bench is not None:
        per_mac = f" ({bench['total'] / bench['macs']:.3f} per MAC)" if bench["macs"] else ""
        yield "counted", f"{bench['total']:,} {bench['unit']}{per_mac} on {bench['vehicle']}"
        yield "stack", f"{bench['stack_bytes']:,} B at its highest"
