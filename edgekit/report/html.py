"""report.html: one file without outside resources, for people; everything in it is in manifest.json or in the graph."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from edgekit.graph import Graph, Node, brief
from edgekit.pipeline.accuracy import named, shown
from edgekit.report import analog, qat, quantization
from edgekit.report.firmware import firmware
from edgekit.report.page import page, paragraphs, table, text_table

Quality = Mapping[str, Mapping[str, float | None]]
LOW_SQNR = 10.0  # dB; below, the noise of quantization is a third of the signal's amplitude


def render(manifest: Mapping[str, Any], graph: Graph, quality: Quality) -> str:
    """The page.

    Args:
        manifest: of the build. graph: the int8 graph. quality: `sqnr`, `cosine`, `saturated` by layer, or empty.
    """
    title = f"{manifest['name']} for {manifest['title']}"
    body = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="lead">{escape(_lead(manifest))}</p>',
        _cards(manifest),
        *(f'<p class="note">{escape(note)}</p>' for note in manifest["notes"]),
        _section("Accuracy", _accuracy(manifest["accuracy"])),
        _section("Quantization", _quantization(manifest.get("quantization"))),
        _section("Quantization-aware training", _qat(qat.facts(manifest["source"]))),
        _section("Verified", _verified(manifest)),
        _section("Compiler", _compiler(manifest)),
        _section("Firmware", _firmware(manifest)),
        _section("Analog chips over time", analog.section(manifest)),
        _section("Layers", _layers(graph, quality)),
        _section("Inputs and outputs", _tensors(manifest)),
        _section("Files", table(["file", "SHA-256"], ([_code(n), _code(h)] for n, h in manifest["files"].items()))),
        _section("Tools", table(["tool", "version"], ([escape(n), escape(v)] for n, v in manifest["tools"].items()))),
        f"<footer>Written by edgekit {escape(manifest['edgekit'])}. Graph {_code(manifest['model']['fingerprint'])}."
        " The same figures for programs: manifest.json.</footer>",
    ]
    return page(title, "\n".join(part for part in body if part))


def size(count: int) -> str:
    """Bytes for people."""
    for unit, scale in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= scale:
            return f"{count / scale:.1f} {unit}"
    return f"{count} B"


def _lead(manifest: Mapping[str, Any]) -> str:
    source = manifest["source"]
    origin = source.get("file") or f"recipe {source['recipe']}"
    types = named(manifest["accuracy"], "int8")
    return f"{types}, arithmetic {manifest['arithmetic']}; from {origin}; runs on {manifest['vehicle']}"


def _cards(manifest: Mapping[str, Any]) -> str:
    model, memory, accuracy = manifest["model"], manifest["memory"], manifest["accuracy"]
    cards = []
    if "int8" in accuracy:
        cards.append((shown(accuracy, "int8"), f"{named(accuracy, 'int8')} {accuracy['metric']}"))
    exact = [p for p in manifest["verified"] if p["status"] == "exact"]
    cards.append((f"{len(exact)} of {len(manifest['verified'])}", "runtimes equal in every integer"))
    cards += [
        *_memory(memory, manifest["artifact"]),
        (f"{model['macs'] / 1e6:,.2f} M", "multiply-accumulates"),
        (f"{model['layers']}", "layers"),
    ]
    if manifest["compiled"] is not None:
        cards.append(("yes" if manifest["compiled"] else "no", "compiled"))
    return '<div class="cards">' + "".join(
        f'<div class="card"><b>{escape(value)}</b><span>{escape(text)}</span></div>' for value, text in cards
    ) + "</div>"  # fmt: skip


def _memory(memory: Mapping[str, Any], facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Of generated C what it takes exactly, else what every device needs at least."""
    if "arena_bytes" not in facts:
        peak = (size(memory["peak_activation_bytes"]), "peak of live activations")
        return [(size(memory["weights_bytes"]), "weights"), peak]
    limits = memory["target"]
    cards = [(size(facts["arena_bytes"]), f"arena; the least possible is {size(facts['arena_bound_bytes'])}")]
    for limit, what in (("ram", "RAM"), ("flash", "flash")):
        if what == "flash":
            code = facts.get("flash_code_bytes")
            said = "constants" if code is None else f"constants, and {size(code)} of code"
            cards.append((size(facts["constant_bytes"]), said))
        if limit in limits:
            cards.append((size(limits[limit]), f"{what} of the target"))
    return cards


def _accuracy(found: Mapping[str, Any]) -> str:
    if "reason" in found:
        return f'<p><b class="warn">{escape(found["status"])}</b>: {escape(found["reason"])}.</p>'
    rows = [[named(found, kind), shown(found, kind)] for kind in ("float", "int8") if kind in found]
    if "agreement" in found:
        rows.append(["same answer from both", f"{found['agreement']:.2%}"])
    if "drop_points" in found:
        rows.append(["lost by quantization", f"{found['drop_points']:.2f} points"])
    return table([f"{found['metric']}, {found['samples']} test samples", ">"], rows)


def _quantization(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    return paragraphs(quantization.sentences(found)) + text_table(quantization.HEAD, quantization.rows(found))


def _qat(found: Mapping[str, Any] | None) -> str:
    return "" if found is None else paragraphs(qat.sentences(found)) + text_table(qat.HEAD, qat.rows(found))


def _verified(manifest: Mapping[str, Any]) -> str:
    golden = manifest["golden"]
    rows = []
    for proof in manifest["verified"]:
        if proof["status"] == "NOT RUN":
            rows.append([escape(proof["against"]), '<b class="warn">NOT RUN</b>', escape(proof["reason"]), "", "", ""])
            continue
        good = proof["status"] in ("exact", "within its bound")
        samples = ", ".join(f"{count} {kind}" for kind, count in proof["samples"].items())
        rows.append([
            escape(proof["version"]), f'<b class="{"good" if good else "bad"}">{escape(proof["status"])}</b>',
            escape(f"under {proof['arithmetic']}; {samples} samples"), f"{proof['layers']}", f"{proof['values']:,}",
            f"{proof['differing']:,}",
        ])  # fmt: skip
    about = f"<p>Golden vectors: {golden['samples']}, from {escape(golden['from'])}.</p>"
    head = ["the simulator against", "result", "how", "layers>", "values>", "differing>"]
    return about + table(head, rows)


def _compiler(manifest: Mapping[str, Any]) -> str:
    facts = manifest["artifact"]
    parts = []
    if "compile_command" in facts:
        parts.append(f"<p>Not run. In this folder: {_code(facts['compile_command'])}</p>")
    log = facts.get("compiler")
    if log:
        figures = [
            ("compiler", log["version"]), ("operators mapped", f"{log['mapped']} of {log['total']}"),
            ("subgraphs", log["subgraphs"]), ("on-chip parameters", _size(log["on_chip_used"])),
            ("on-chip memory left", _size(log["on_chip_remaining"])), ("streamed parameters", _size(log["off_chip"])),
        ]  # fmt: skip
        parts.append(table(["figure", "value"], ([n, escape(str(v))] for n, v in figures if v is not None)))
        rows = ([_code(r["op"]), str(r["count"]), escape(r["status"])] for r in log["rows"])
        parts.append("<br>" + table(["operator", "count>", "status"], rows))
    parts += [f'<p class="note">{escape(line)}</p>' for line in facts.get("advice", ())]
    return "".join(parts)


def _firmware(manifest: Mapping[str, Any]) -> str:
    parts = [text_table(["figure", "value"], rows)] if (rows := list(firmware(manifest))) else []
    bench = manifest.get("bench")
    if bench is not None:
        head = ["layer", "operator", "MACs>", f"{bench['unit']}>", "per MAC>"]
        layers = [
            [_layer(r["layer"]), _code(r["op"]), f"{r['macs']:,}", f"{r['count']:,}",
             f"{r['count'] / r['macs']:.3f}" if r["macs"] else ""]
            for r in bench["layers"]
        ]  # fmt: skip
        parts.append("<br>" + table(head, layers))
    return "".join(parts)


def _layers(graph: Graph, quality: Quality) -> str:
    most = max((_macs(graph, node) for node in graph.nodes), default=0) or 1
    rows = []
    for node in graph.nodes:
        tensor = graph.tensors[node.outputs[0]]
        macs = _macs(graph, node)
        weights = sum(t.bytes for t in graph.node_inputs(node) if t is not None and t.is_constant)
        q = tensor.quantization
        scale = f"{q.scale[0]:.6g}" if q is not None and q.scale.size == 1 else "-"
        zero = str(q.zero_point[0]) if q is not None and q.scale.size == 1 else "-"
        bar = f'<span class="bar" style="width:{100 * macs / most:.1f}%"></span>' if macs else ""
        rows.append([
            _layer(node.name), _code(node.op.name), " × ".join(map(str, tensor.shape)), f"{macs:,}{bar}",
            size(weights) if weights else "-", scale, zero, *_quality(quality, node.name),
        ])  # fmt: skip
    head = ["layer", "operator", "output", "MACs>", "constants>", "scale>", "zero point>"]
    if quality:
        head += ["SQNR dB>", "saturated>"]
        rows = [row if len(row) == len(head) else [*row, "-", "-"] for row in rows]
    return table(head, rows)


def _quality(quality: Quality, layer: str) -> list[str]:
    if layer not in quality:
        return []
    found = quality[layer]
    sqnr, saturated = found.get("sqnr"), found.get("saturated")
    text = "exact" if sqnr is None else f"{sqnr:.1f}"
    low = sqnr is not None and sqnr < LOW_SQNR
    return [f'<span class="warn">{text}</span>' if low else text, f"{saturated or 0:.2%}"]


def _tensors(manifest: Mapping[str, Any]) -> str:
    rows = [
        [role, escape(t["name"]), " × ".join(map(str, t["shape"])), escape(t["dtype"]),
         f"{t['scale']:.6g}" if "scale" in t else "-", str(t.get("zero_point", "-"))]
        for role, names in (("input", "inputs"), ("output", "outputs"))
        for t in manifest["model"][names]
    ]  # fmt: skip
    labels = manifest["labels"]
    said = f"<p>Classes: {escape(', '.join(labels[:50]))}{' ...' if len(labels) > 50 else ''}</p>" if labels else ""
    return table(["", "name", "shape", "type", "scale>", "zero point>"], rows) + said


def _macs(graph: Graph, node: Node) -> int:
    return node.op.macs(graph.node_inputs(node), graph.node_outputs(node))


def _size(count: int | None) -> str | None:
    return None if count is None else size(count)


def _layer(name: str) -> str:
    """Its name as the terminal has it; the whole one where the pointer rests."""
    short = brief(name)
    return escape(short) if short == name else f'<span title="{escape(name)}">{escape(short)}</span>'


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _section(title: str, content: str) -> str:
    return f"<h2>{escape(title)}</h2>\n{content}" if content else ""
