"""Draw architecture.svg from the tables of architecture.md, or check that it is up to date.

.venv/bin/python docs/architecture.py [--check]
"""

import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).with_suffix(".md")
WAYS: Final = ("The way of a file", "The way of a row")
WIDTH: Final = 360
LINE: Final = 18
STYLE: Final = """
  svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --box: #eef3f8; --line: #8b96a1 }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --box: #1b232d; --line: #6e7681 }
  }
  text { font: 13px sans-serif; fill: var(--ink) }
  .way { font-size: 17px; font-weight: bold }
  .step { font-size: 15px; font-weight: bold }
  .module { font: 12px monospace; fill: var(--soft) }
  .paper { fill: var(--paper) } .box { fill: var(--box); stroke: var(--line) }
  path { stroke: var(--line); stroke-width: 2; fill: none }"""

Step = tuple[str, str, list[str]]
"""A step's name, what happens in it, and its modules."""


def read_steps(page: str, way: str) -> list[Step]:
    """Read the first table below a heading, one step a row."""
    section = page.partition(f"## {way}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (`.+`) \|$", section, re.MULTILINE)
    return [(step, text, re.findall(r"`([^`]+)`", modules)) for step, text, modules in rows]


def draw(page: str) -> str:
    """Draw each way as boxes, one below the other."""
    lines, top = [], 16
    for way in WAYS:
        lines.append(_text(way, "way", left=16, top=top + LINE))
        top += 34
        for number, step in enumerate(read_steps(page, way)):
            if number:
                lines.append(f'<path d="M{WIDTH // 2} {top - 16} v11 m-5 -6 l5 6 l5 -6"/>')
            lines += _box(step, top=top)
            top += _height(step) + 18
    title = " and ".join(way.lower() for way in WAYS)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" '
            f'viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}">',
            f'<title id="title">{title.capitalize()}</title>',
            f'<desc id="desc">{escape(_describe(page))}</desc>',
            f"<style>{STYLE}\n</style>",
            f'<rect class="paper" width="{WIDTH}" height="{top}" rx="8"/>',
            *lines,
            "</svg>\n",
        ]
    )


def _box(step: Step, *, top: int) -> Iterator[str]:
    name, text, modules = step
    height = _height(step)
    yield f'<rect class="box" x="12" y="{top}" width="{WIDTH - 24}" height="{height}" rx="6"/>'
    yield _text(name, "step", left=24, top=top + LINE + 2)
    yield _text(text, "text", left=24, top=top + LINE * 2 + 4)
    for number, module in enumerate(modules):
        yield _text(module, "module", left=24, top=top + LINE * (number + 3) + 6)


def _height(step: Step) -> int:
    return LINE * (len(step[2]) + 2) + 16


def _text(text: str, kind: str, *, left: int, top: int) -> str:
    return f'<text class="{kind}" x="{left}" y="{top}">{escape(text)}</text>'


def _describe(page: str) -> str:
    ways = (f"{way}: {', '.join(step for step, *_ in read_steps(page, way))}." for way in WAYS)
    return " ".join(ways)


def main() -> int:
    """Write the picture; with --check only compare it."""
    picture, drawn = PAGE.with_suffix(".svg"), draw(PAGE.read_text())
    if "--check" not in sys.argv:
        picture.write_text(drawn)
    elif not picture.exists() or picture.read_text() != drawn:
        print(  # noqa: T201 - a program
            f"{picture}: expected the picture that {PAGE.name} makes, found another; "
            "run: .venv/bin/python docs/architecture.py",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
