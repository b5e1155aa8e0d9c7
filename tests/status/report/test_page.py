"""The page: whole in itself, escaped, the same for the same facts, readable without colour."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ingest.status.client_days import DayState
from ingest.status.report import page as page_module
from ingest.status.report.charts import LETTERS
from ingest.status.report.facts import Facts
from ingest.status.report.page import render
from ingest.store.erased import Erasure
from ingest.store.lock import run_lock
from tests.conftest import Ingest
from tests.status.world import CALM, HOSTILE, NOW, RESOURCES
from tests.support.ledger import facts_of
from tests.support.sender import Sender
from tests.support.status import NEXT_MORNING

CSS = Path(page_module.__file__).with_name("page.css").read_text()
ALARMING = (DayState.INCOMPLETE, DayState.MISSING, DayState.QUARANTINED)
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Outline(HTMLParser):
    """Elements by name, each with the names of those around it; and whether all are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(self.open)))
        self.attributes += [name for name, _ in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [name for name, _ in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    parsed = Outline()
    parsed.feed(page)
    assert parsed.open == []
    return parsed


def report(*args: str, data: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest", "report", *args],
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "MX_DATA": str(data)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_page_asks_nobody_for_anything(page: str) -> None:
    assert re.findall(r"https?:|[\"'(]//|@import|url\((?!#)", page) == []
    assert "default-src 'none'" in page


def test_no_stranger_adds_an_element_or_an_attribute(page: str) -> None:
    parsed = outline(page)

    assert {tag for tag, _ in parsed.seen} & {"script", "img", "b", "iframe"} == set()
    assert [name for name in parsed.attributes if name.startswith("on")] == []
    assert "&lt;img src=x onerror=&#34;" in page
    assert "\u202e" not in page
    assert "\\u202e" in page


def test_the_same_facts_make_the_same_page(facts: Facts, page: str) -> None:
    assert render(facts) == page


def test_each_chart_has_a_table(page: str) -> None:
    sections = re.split(r'<section id="', page)[1:]
    charts = {each.partition('"')[0]: each.count("<svg") for each in sections}
    tables = {each.partition('"')[0]: each.count("<table>") for each in sections}

    assert charts == {
        "open": 0,
        "fresh": 0,
        "days": 3,
        "quarantine": 0,
        "runs": 1,
        "volumes": 9,
    } | {"schema": 0}
    assert page.count('<svg role="img"') == page.count("<desc>") == sum(charts.values())
    assert (tables["days"], tables["runs"], tables["volumes"]) == (3, 1, 3)
    assert all(f'class="number">{name}</th>' in page for name in RESOURCES)


def test_an_open_erasure_is_a_banner_of_its_own(facts: Facts, page: str) -> None:
    erasure = Erasure(erasure="a run", client_guid=CALM, requested_by="ticket <7>", at=NOW)
    counted = r"▲ (\d+) things are incomplete"

    drawn = render(replace(facts, erasures=[erasure], alarms=facts.alarms + 1))

    assert "ticket &lt;7&gt; asked for it on" in drawn
    assert '<code class="do">ingest erase --resume</code>' in drawn
    assert "has not ended" not in page
    assert re.findall(counted, drawn) == re.findall(counted, page) != []


def test_states_differ_without_colour(page: str) -> None:
    letters = [LETTERS[state] for state in ALARMING]

    assert len({*letters, LETTERS[DayState.LATE], LETTERS[DayState.GIVEN_UP]}) == 5
    drawn = re.findall(r"<text[^>]*>([A-Z]\d*)</text>", page)
    assert {"I", "L", "Q", "G", "M4", "M0"} <= set(drawn)


def schemes() -> Iterator[dict[str, str]]:
    """Give the colours of each scheme; the later ones change those of the first."""
    light: dict[str, str] = {}
    for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL):
        light = light or dict(re.findall(r"--([\w-]+): (#\w+)", block))
        yield light | dict(re.findall(r"--([\w-]+): (#\w+)", block))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    ]
    return sum(share * each for share, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", list(schemes()), ids=["light", "dark", "print"])
def test_text_and_marks_stand_out_in_every_scheme(colours: dict[str, str]) -> None:
    pairs = [
        ("ink", "paper"),
        ("muted", "paper"),
        ("muted", "panel"),
        ("link", "paper"),
        ("good", "paper"),
    ]
    pairs += [(f"on-{s.role}", s.role) for s in DayState if s != DayState.NOT_DUE]

    assert {pair for pair in pairs if contrast(*(colours[each] for each in pair)) < 4.5} == set()
    assert min(contrast(colours[each], colours["paper"]) for each in ("bar", "mark")) >= 3


def test_a_page_is_written_while_a_run_is_at_work(
    world: Path, tmp_path: Path, facts: Facts
) -> None:
    ledger = sorted((world / "ledger").glob("*.jsonl"))[-1]
    whole, target = ledger.read_bytes(), tmp_path / "out" / "page.html"
    with run_lock(world, run_id="at work"):
        ledger.write_bytes(whole + b'{"recorded_at":"2026-')
        done = report("--as-of", "2026-03-31", "--output", str(target), data=world, cwd=tmp_path)
    ledger.write_bytes(whole)

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{target}\n", "")
    assert facts.clients[0].client_guid in target.read_text()
    assert list(target.parent.iterdir()) == [target]


def test_a_program_gets_the_same_facts(world: Path, tmp_path: Path, facts: Facts) -> None:
    done = report("--json", "--as-of", "2026-03-31", data=world, cwd=tmp_path)

    told = json.loads(done.stdout)
    assert (told["alarms"], len(told["open_days"])) == (facts.alarms, len(facts.open_days))
    assert told["clients"][0]["client_guid"] == CALM
    assert told["as_of"].startswith("2026-03-31T23:59:59")
    assert told["clients"][0]["days"][0]["snapshot_date"] == "2026-02-01"
    assert [file["name"] for file in told["quarantine"]] == [
        HOSTILE,
        *[file.name for file in facts.quarantine[1:]],
    ]
    assert not (world / "report.html").exists()


def test_a_client_has_its_name_before_its_guid(world: Path, facts: Facts) -> None:
    named = replace(facts, client_names={CALM: "North <b>"})

    page = render(named)

    assert page.count(f"North &lt;b&gt; ({CALM})") == render(facts).count(f">{CALM}<") + 2
    assert "<b>" not in page


def test_the_banner_is_green_where_all_is_complete(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()

    page = render(facts_of(data / "ledger", now=NEXT_MORNING, settle=timedelta(hours=6)))

    assert 'class="banner good"' in page
    assert "Everything due so far has arrived complete" in page


def test_before_anything_has_come_the_page_says_what_to_do(tmp_path: Path) -> None:
    data = tmp_path / "data"

    done = report(data=data, cwd=tmp_path)

    page = (data / "report.html").read_text()
    outline(page)
    assert done.returncode == 0
    assert "Nothing has landed yet." in page
    assert '<code class="do">ingest run</code>' in page
    assert (data / "report.html").stat().st_mode & 0o777 == 0o600


def test_what_a_run_turned_away_is_on_the_page(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()
    (sender.folder / HOSTILE).write_bytes(b"no message")
    ingest()

    facts = facts_of(data / "ledger", now=NOW, settle=timedelta(hours=6))
    page = render(facts)

    outline(page)
    assert sorted(file.reason for file in facts.quarantine) == ["checksum", "name"]
    assert "parent.owned" in page
    assert page.count('data-label="Reason">') == 2
