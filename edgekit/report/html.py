"""report.html"""
from __future__ import annotations
import json
from typing import Any
from edgekit.graph import Graph
def render(manifest: dict[str, Any], graph: Graph, quality: dict[str, float | None]) -> str:
    return "<pre>" + json.dumps(manifest) + "</pre>"
