"""The plot shows every side that landed files, in SVG."""

from pathlib import Path
from xml.etree import ElementTree

from bench.land_memory import SizeCost, draw_plot
from bench.landers import Lander
from bench.large_file import daily_file
from bench.measure_program import Cost
from sample.send.delivery import Sent


def landed(*names: str, plain_bytes: int) -> SizeCost:
    sides = [
        Lander(
            name=name,
            command=(),
            folder=Path(),
            environment={},
            rows_at="",
            runs=[Cost(1.5, 10**8, 1.0)],
            peak_bytes=2 * 10**8,
        )
        for name in names
    ]
    sent = Sent(
        file=daily_file(), row_count=1, plain_bytes=plain_bytes, encrypted_bytes=1, checksum=""
    )
    return SizeCost(sent=sent, sides=sides)


def test_a_side_that_landed_some_sizes_is_drawn_with_those(tmp_path: Path) -> None:
    target = tmp_path / "performance.svg"

    draw_plot(
        [landed("this", "other", plain_bytes=10**9), landed("this", plain_bytes=4 * 10**9)],
        target=target,
    )

    drawn = {text.strip() for text in ElementTree.parse(target).getroot().itertext()}  # noqa: S314 - own file
    assert {"this", "other", "time, s", "peak memory, MB"} <= drawn
