"""Vela's figures: the whole network for the manifest, and cycles by layer. All are estimates."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgekit.graph import Graph

KIB = 1024


def facts(summary: Mapping[str, str]) -> dict[str, Any]:
    """Cycles, milliseconds, bytes. Raises ValueError, KeyError for a summary of another form."""
    return {
        "system_config": summary["system_config"],
        "memory_mode": summary["memory_mode"],
        "clock_hz": round(float(summary["core_clock"])),
        "cycles": round(float(summary["cycles_total"])),
        "cycles_npu": round(float(summary["cycles_npu"])),
        "milliseconds": round(1e3 * float(summary["inference_time"]), 6),
        "sram_bytes": round(KIB * float(summary["sram_memory_used"])),
        "dram_bytes": round(KIB * float(summary["dram_memory_used"])),
        "flash_bytes": round(
            KIB * (float(summary["on_chip_flash_memory_used"]) + float(summary["off_chip_flash_memory_used"]))
        ),
        "encoded_weights_bytes": round(float(summary["total_npu_encoded_weights"])),
        "macs": round(float(summary["nn_macs"])),
    }


def by_layer(path: Path, graph: Graph) -> list[dict[str, Any]]:
    """Rows for `edgekit bench`: the operators that Vela made of a layer, under that layer.

    Vela calls what it splits off after a tensor of the graph with a suffix; of the softmax that is its input.
    """
    producers, consumers = graph.producers(), graph.consumers()
    rows: dict[str, dict[str, Any]] = {
        name: {"layer": name, "op": node.op.name, "macs": 0, "count": 0} for name, node in producers.items()
    }
    for name, node in producers.items():
        rows[name]["macs"] = node.op.macs(graph.node_inputs(node), graph.node_outputs(node))
    with open(path, newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            name = _layer(line["Name"], line["Original Operator"], graph, producers, consumers)
            row = rows.setdefault(name, {"layer": name, "op": "vela", "macs": 0, "count": 0})
            row["count"] += round(float(line["Op Cycles"]))
    return list(rows.values())


def _layer(name: str, kind: str, graph: Graph, producers: Mapping[str, Any], consumers: Mapping[str, Any]) -> str:
    if name in producers:
        return name
    known = [tensor for tensor in (*producers, *graph.inputs) if name.startswith(tensor)]
    if not known:
        return name
    tensor = max(known, key=len)
    wanted = kind.lower().replace("_", "")
    for node in consumers.get(tensor, ()):
        if node.op.name.replace("_", "").startswith(wanted):
            return str(node.name)
    return tensor
