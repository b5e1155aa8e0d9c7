"""An SVG drawing escapes its texts, and its bars and labels have the height of their values."""

import re
from xml.etree import ElementTree

from markupsafe import Markup

from ingest.status.report.canvas import Plot, draw_axes, draw_bars, draw_line, draw_svg, draw_text

PLOT = Plot(columns=9, most=100, top=0, ground=105)


def numbers(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"[\d.]+", text.partition(' d="')[2])]


def test_a_drawing_is_xml_whatever_its_texts_say() -> None:
    hostile = "<b>\"&'</b>"

    drawing = draw_svg(
        [draw_text(1, 2, hostile, look=hostile), Markup("")],
        title=hostile,
        description=hostile,
        height=5,
    )

    root = ElementTree.fromstring(drawing)  # noqa: S314 - our own drawing
    assert [each.text for each in root] == [hostile] * 3
    assert root[2].get("class") == hostile
    assert root.get("role") == "img"


def test_a_bar_is_as_high_as_its_value_and_one_of_no_value_is_a_line() -> None:
    bar = draw_bars(PLOT, {4: 50, 5: 0}, look="bar")

    left, ground, height, right, back, *_ = numbers(bar)
    assert (ground - height, back) == (50, ground)
    assert left < PLOT.x(4) < right
    assert numbers(bar)[7] == 105 - round(100 / 60, 2)


def test_nothing_to_draw_is_no_path() -> None:
    assert draw_bars(PLOT, {}, look="bar") == draw_line(PLOT, {}, look="median") == ""


def test_a_line_goes_through_its_values() -> None:
    assert draw_line(PLOT, {0: 100, 9: 0}, look="median") == (
        '<path class="median" d="M68.2 5L322 105"/>'
    )


def test_labels_name_zero_the_largest_value_and_columns() -> None:
    for most, label in ((100, "100"), (1234567.8, "1,234,568"), (2.55, "2.5"), (3.0, "3")):
        plot = Plot(columns=9, most=most, top=0, ground=105)
        texts = re.findall(r">([^<]+)</text>", "".join(draw_axes(plot, {0: "5 Jan"})))
        assert texts == ["5 Jan", "0", label]
