"""Writes the generated parts of README.md and docs/: `python -m ci.docs` (or `make docs`). Tests compare them.

A generated part of a page stands between `<!-- NAME: generated -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
from pathlib import Path

from edgekit import plugins
from edgekit.backends import operators_table
from edgekit.cli._app import EXIT_CODES
from edgekit.target import builtin_folder, load_target

ROOT = Path(__file__).resolve().parents[1]
OPERATORS = """# Operators

Which operators each backend takes, and under which rules. A rule is a function in `edgekit/backends/*/`, its text that
function's docstring; this page is generated from them (`make docs`), and `edgekit targets --operators` prints it.

"""


def targets() -> str:
    """The built-in targets as a table."""
    lines = ["| target | what it is | model proven against | `edgekit run` runs the artifact on |", "|---|---|---|---|"]
    for path in sorted(builtin_folder().glob("*.toml")):
        t = load_target(path)
        about = f"{t.title}: {t.about}" if t.about else t.title
        lines.append(f"| `{t.name}` | {about} | {', '.join(t.verify) or 'nothing'} | {t.vehicle} |")
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
    return found


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
