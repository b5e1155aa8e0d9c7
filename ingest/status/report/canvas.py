"""Drawing to SVG for a page that colours it: matplotlib's, without what a page has no use for."""

import io
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from ingest.status.report.days import DayState

PIXELS: Final = 72
"""An inch, so that a size in points is one in pixels."""
_ROLES: Final = (
    *("ink", "muted", "line", "bar", "mark"),
    *(name for state in DayState for name in (state.role, f"on-{state.role}")),
)
COLOURS: Final = {name: f"#0a00{number:02x}" for number, name in enumerate(_ROLES)}
"""Stand-ins, which the page's own colours, light or dark, take the place of."""
_STYLE: Final = {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10}
_NO_METADATA: Final = dict.fromkeys(("Creator", "Date", "Format", "Type"))

# It tells of its font cache, which nobody who calls for a report wants to know.
logging.getLogger("matplotlib").setLevel(logging.ERROR)


def draw_svg(paint: Callable[[Figure], None], *, name: str, width: int, height: int) -> str:
    """Draw a figure of so many pixels, whatever matplotlib is configured to.

    Args:
        name: by which a page tells the parts of its charts apart.
    """
    style: Mapping[Any, Any] = _STYLE | {"svg.hashsalt": name}
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(style)
        figure = Figure(figsize=(width / PIXELS, height / PIXELS))
        paint(figure)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata=_NO_METADATA, transparent=True)
    return _for_page(stream.getvalue())


def add_axes(figure: Figure, *, left: int, bottom: int, right: int, top: int) -> Axes:
    """Add axes with so many pixels free on each side."""
    width, height = (each * PIXELS for each in figure.get_size_inches())
    box = (left, bottom, width - left - right, height - bottom - top)
    axes = figure.add_axes(
        (box[0] / width, box[1] / height, box[2] / width, box[3] / height), facecolor="none"
    )
    axes.tick_params(length=2, color=COLOURS["line"], labelcolor=COLOURS["muted"], pad=2)
    for side, spine in axes.spines.items():
        spine.set(visible=side == "bottom", color=COLOURS["line"])
    return axes


def add_boxes(axes: Axes, boxes: list[tuple[float, float, float, float]], **look: Any) -> None:
    """Add boxes, each from x and y to x and y, as one shape: a page has thousands of them."""
    if boxes:
        outlines = [
            Path([(x0, y0), (x0, y1), (x1, y1), (x1, y0), (x0, y0)], closed=True)
            for x0, y0, x1, y1 in boxes
        ]
        axes.add_patch(PathPatch(Path.make_compound_path(*outlines), **look))


def _for_page(svg: str) -> str:
    """Leave what a page needs of a file: no preamble, no size, no name that nothing refers to."""
    viewbox = re.search(r' viewBox="[^"]+"', svg)
    _, _, content = svg.partition("</defs>")
    referred = set(re.findall(r"#([mp][0-9a-f]{10})\b", content))
    content = re.sub(
        r' id="([^"]+)"', lambda found: found[0] if found[1] in referred else "", content
    )
    for name, colour in COLOURS.items():
        content = content.replace(colour, f"var(--{name})")
    content = re.sub(r"<!--.*?-->\s*|<g/>\s*", "", content)
    content = re.sub(r"\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", content)
    content = re.sub(
        r"font: ((?:bold |\d+ )?[\d.]+px)[^;\"]*", r"font: \1 system-ui, sans-serif", content
    )
    return f'<svg aria-hidden="true"{viewbox[0] if viewbox else ""}>' + re.sub(
        r"\n\s*", "\n", content
    )
