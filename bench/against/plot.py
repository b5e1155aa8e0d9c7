"""Draw time and memory over size, from JSON on standard input: side, then size, seconds, MB."""

import json
import sys
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot

COLOURS: Final = ("#0b6e4f", "#c1440e", "#3a5fcd")
MARKERS: Final = ("o", "s", "^")
SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "performance",  # equal figures give an equal file
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(lines: dict[str, list[list[float]]], target: Path) -> None:
    with mpl.rc_context(SETTINGS):
        figure, panels = pyplot.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
        figure.patch.set_facecolor("white")
        for panel, place, label in zip(panels, (1, 2), ("time, s", "peak memory, MB"), strict=True):
            _draw_panel(panel, lines, place=place, label=label)
        panels[1].axhline(512, color="#666666", linestyle="--", linewidth=1)
        panels[1].annotate(
            "512 MB", (1, 512), xycoords=("axes fraction", "data"), ha="right", va="bottom"
        )
        panels[0].legend(frameon=False)
        figure.savefig(target, metadata={"Date": None})


def _draw_panel(panel: Any, lines: dict[str, list[list[float]]], *, place: int, label: str) -> None:
    for (name, points), colour, marker in zip(lines.items(), COLOURS, MARKERS, strict=False):
        sizes, values = [point[0] for point in points], [point[place] for point in points]
        panel.plot(sizes, values, color=colour, marker=marker, label=name, linewidth=2)
    panel.set_xlabel("size of the plain file, GB")
    panel.set_ylabel(label)
    panel.set_xlim(left=0)
    panel.set_ylim(bottom=0)
    panel.grid(color="#dddddd")


if __name__ == "__main__":
    draw(json.load(sys.stdin), Path(sys.argv[1]))
