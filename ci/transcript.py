"""Writes the transcript of docs/microcontrollers.md anew: `python -m ci.transcript MODEL.tflite`.

Runs its three commands on the model, MLPerf Tiny's keyword spotting in the page, and shortens the layers' names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "microcontrollers.md"
TARGET = "qemu-m4"


def run(folder: str, *words: str) -> str:
    """What `edgekit` prints on stdout. Ends the program with its exit code when it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "edgekit", *words], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE
    )
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def shortened(text: str) -> str:
    """Without the folders of layers' names and trailing blanks; tables keep their columns."""
    prefix = max(re.findall(r"^ *\d+  (\w+/)", text, re.MULTILINE), key=len, default="")
    lines = []
    for line in text.splitlines():
        if prefix in line:
            line = line.replace(prefix, "", 1)
        elif re.match(r" *(#|\d+|total) ", line.strip() + " ") or set(line) == {"─"}:
            cut = re.match(rf"(.{{4,}}?)\s{{{len(prefix)}}}(?=\s)", line)
            line = line[: -len(prefix)] if set(line) == {"─"} else cut[1] + line[cut.end() :] if cut else line
        lines.append(line.rstrip())
    return "\n".join(lines)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(f"usage: python -m ci.transcript MODEL.tflite\n\n{__doc__}")
    model = Path(sys.argv[1])
    build = f"build/{model.stem}/{TARGET}"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(model, Path(folder) / model.name)
        commands = [["build", model.name, "--target", TARGET], ["verify", build], ["bench", build]]
        parts = []
        for words in commands:
            text = run(folder, *words)
            # Of a build only its summary, of a proof only the firmware's own table.
            begin = {"build": f"{TARGET}: build", "verify": " #  layer", "bench": ""}[words[0]]
            text = text[text.rindex(begin) if begin else 0 :]
            parts.append(f"$ edgekit {' '.join(words)}\n{shortened(text)}\n")
    page = PAGE.read_text("utf-8")
    text = "```text\n" + "\n".join(parts) + "```"
    written, count = re.subn(r"```text\n\$ edgekit build.*?```", lambda _: text, page, flags=re.DOTALL)
    if count != 1:
        sys.exit(f"error: {PAGE.name} has {count} transcripts")
    PAGE.write_text(written, "utf-8")


if __name__ == "__main__":
    main()
