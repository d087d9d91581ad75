"""What the pages are made of: the file around them, sentences, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources

NUMERIC = ">"  # a column whose title ends in it is of numbers


def page(title: str, body: str, style: str = "") -> str:
    """A file of HTML without outside resources; `style`: CSS of this page alone."""
    shared = (resources.files("edgekit.report") / "style.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{shared}{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def paragraphs(sentences: Iterable[str]) -> str:
    """One paragraph of text each."""
    return "".join(f"<p>{escape(text[:1].upper() + text[1:])}.</p>" for text in sentences)


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    right = [title.endswith(NUMERIC) for title in titles]

    def row(tag: str, cells: Iterable[str], first: str) -> str:
        kinds = ("n" if number else "" if index else first for index, number in enumerate(right))
        marked = (f'{tag} class="{kind}"' if kind else tag for kind in kinds)
        return "<tr>" + "".join(f"<{m}>{cell}</{tag}>" for m, cell in zip(marked, cells, strict=True)) + "</tr>"

    lines = [row("th", (escape(title.removesuffix(NUMERIC)) for title in titles), "")]
    lines += [row("td", cells, "name") for cells in rows]
    return '<div class="wide"><table>\n' + "\n".join(lines) + "\n</table></div>"


def text_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are text."""
    return table(titles, ([escape(cell) for cell in row] for row in rows))
