"""Writes the generated parts of README.md and docs/: `python -m ci.docs` (or `make docs`). Tests compare them.

A generated part of a page stands between `<!-- NAME: generated -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
from pathlib import Path

from edgekit import plugins
from edgekit.backends import described, operators_table
from edgekit.backends.export import options as export
from edgekit.cli._app import EXIT_CODES
from edgekit.target import builtin_folder, load_target

ROOT = Path(__file__).resolve().parents[1]
OPERATORS = """# Operators

Which operators each backend takes, and under which rules. A rule is a function in `edgekit/backends/*/`, its text that
function's docstring; this page is generated from them (`make docs`), and `edgekit targets --operators` prints it.

"""

EXPORTS = """# Exports

Vendors whose compiler no package registry has. A build makes the file that the compiler reads, checks it here
(onnx.checker, opset, number of axes and layers as documented), proves it here (ONNX Runtime or LiteRT on the file, the
simulator on the graph that it was made of, every layer), adds samples for the vendor's calibration, and writes down the
documented command. Nothing below was run by its compiler: NOT RUN, each of them. This page is generated (`make docs`)
from the targets' files, which hold the command and what was read where; each has a page of its own with the rules,
their sources, and how to go on at the vendor's machine.
"""


def targets() -> str:
    """The built-in targets as a table."""
    titles = (
        "target",
        "what it is",
        "artifact",
        "compiler",
        "`edgekit run` runs it on",
        "bit-exact or bound",
        "model proven against",
    )
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for path in sorted(builtin_folder().glob("*.toml")):
        t = load_target(path)
        about = f"{t.title}: {t.about}" if t.about else t.title
        row = described(t)
        cells = (
            f"`{t.name}`",
            about,
            row.artifact,
            row.compiler,
            t.vehicle,
            row.proof,
            ", ".join(t.verify) or "nothing",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def exit_codes() -> str:
    return "\n".join(["| code | meaning |", "|---|---|", *(f"| {code} | {text} |" for code, text in EXIT_CODES)]) + "\n"


def verbs() -> str:
    """Every verb with its own help text, examples set as code."""
    parts = []
    for name, module in plugins.modules("edgekit.cli").items():
        text = "\n".join(line.strip() for line in (getattr(module, name).__doc__ or "").splitlines())
        prose, _, examples = text.partition("\b\n")
        code = "".join(f"    {line}\n" for line in examples.splitlines()[1:] if line)
        parts.append(f"### edgekit {name}\n\n{prose.strip()}\n\n{code}")
    return "\n".join(parts)


def operators() -> str:
    return OPERATORS + operators_table()


def exports() -> str:
    """What was read about each vendor whose compiler is nowhere, from the targets' files."""
    parts = [EXPORTS]
    for path in sorted(builtin_folder().glob("*.toml")):
        t = load_target(path)
        if t.backend == "export":
            found = export.options_of(t)
            line = " ".join(f"'{part}'" if "|" in part else part for part in found.command)
            steps = "".join(f"    {text}\n" for text in (line, *found.then))
            read = "".join(f"- {text}\n" for text in found.read)
            what = {"onnx": f"float32 ONNX, opset {found.opset}", "tflite": "the int8 `.tflite`"}[found.format]
            about = (
                f"`--target {t.name}`, [its page](exports/{t.name}.md): {what}. {found.tool}, {found.tool_versions}. "
                f"At most {found.max_rank} axes."
            )
            parts.append(f"## {t.title}\n\n{about} NOT RUN:\n\n{steps}\nRead:\n\n{read}\n<{t.source}>\n")
    return "\n".join(parts)


def filled(page: str) -> str:
    """A page with its generated parts written anew."""

    def part(match: re.Match[str]) -> str:
        return f"{match[1]}\n{PARTS[match[2]]()}{match[3]}"

    return re.sub(r"(<!-- (\w+): generated -->)\n.*?(<!-- end -->)", part, page, flags=re.DOTALL)


PARTS = {"targets": targets, "exit_codes": exit_codes, "verbs": verbs}


def generated() -> dict[Path, str]:
    """Every page with generated parts, as it should be."""
    pages = [ROOT / "README.md", ROOT / "docs" / "cli.md"]
    found = {page: filled(page.read_text(encoding="utf-8")) for page in pages}
    found[ROOT / "docs" / "operators.md"] = operators()
    found[ROOT / "docs" / "exports.md"] = exports()
    return found


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
