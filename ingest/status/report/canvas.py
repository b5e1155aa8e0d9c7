"""Parts of an SVG drawing; the variables and classes of `page.css` give them their look."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

WIDTH: Final = 326
_LEFT: Final = 40
_RIGHT: Final = 4
_HALF_BAR: Final = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """The area in which columns stand side by side; positions are in pixels."""

    columns: int
    most: float
    """The value that the upper label names."""
    top: int
    ground: int

    def x(self, column: float) -> float:
        """Give the middle of a column; half a column is free on each side."""
        return _LEFT + (column + 1) * (WIDTH - _LEFT - _RIGHT) / (self.columns + 1)

    def y(self, value: float) -> float:
        """Give the height of a value; the largest one ends a little below the top."""
        return self.ground - value * (self.ground - self.top) / (self.most * 1.05)


def draw_svg(parts: Iterable[Markup], *, title: str, description: str, height: int) -> Markup:
    """Join parts into one drawing; a screen reader reads its title and its description."""
    return Markup(
        '<svg role="img" viewBox="0 0 {} {}"><title>{}</title><desc>{}</desc>\n{}\n</svg>'
    ).format(WIDTH, height, title, description, Markup("\n").join(filter(None, parts)))


def draw_text(x: float, y: float, text: str, *, look: str = "", colour: str = "muted") -> Markup:
    """Write a text; its middle is at the position unless its look names another point."""
    return Markup('<text x="{}" y="{}" class="{}" style="fill:var(--{})">{}</text>').format(
        _number(x), _number(y), look, colour, text
    )


def draw_square(x: float, y: float, size: int, *, look: str, colour: str, title: str) -> Markup:
    """Draw a square; a pointer on it shows its title."""
    return Markup(
        '<rect x="{}" y="{}" width="{}" height="{}" class="{}" style="fill:var(--{})">'
        "<title>{}</title></rect>"
    ).format(_number(x), _number(y), size, size, look, colour, title)


def draw_bars(plot: Plot, values: Mapping[int, float], *, look: str) -> Markup:
    """Draw a bar on each column as one shape; a bar of no height is still a line."""
    floor = plot.most / 60
    steps = (
        f"M{_number(plot.x(column - _HALF_BAR))} {plot.ground}"
        f"V{_number(plot.y(max(value, floor)))}"
        f"H{_number(plot.x(column + _HALF_BAR))}V{plot.ground}Z"
        for column, value in values.items()
    )
    return _path("".join(steps), look=look)


def draw_line(plot: Plot, values: Mapping[int, float], *, look: str) -> Markup:
    """Draw one line through the values of columns."""
    points = [f"{_number(plot.x(at))} {_number(plot.y(value))}" for at, value in values.items()]
    return _path("M" + "L".join(points) if points else "", look=look)


def draw_axes(plot: Plot, columns: Mapping[int, str]) -> list[Markup]:
    """Draw the ground, the labels of some columns, and labels of zero and of the largest value."""
    has_fraction = plot.most < 10 and plot.most != int(plot.most)
    values = {0: "0", plot.most: f"{plot.most:.1f}" if has_fraction else f"{plot.most:,.0f}"}
    ticks = [f"M{_number(plot.x(column))} {plot.ground}v2" for column in columns]
    ticks += [f"M{_LEFT} {_number(plot.y(value))}h-2" for value in values]
    return [
        _path(f"M{_LEFT} {plot.ground}H{WIDTH - _RIGHT}" + "".join(ticks), look="axis"),
        *(draw_text(plot.x(at), plot.ground + 9, label) for at, label in columns.items()),
        *(draw_text(_LEFT - 4, plot.y(at), label, look="end") for at, label in values.items()),
    ]


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _path(steps: str, *, look: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(look, steps) if steps else Markup("")
