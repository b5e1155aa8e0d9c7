"""Everything incomplete has a next step, and status and report give the same one."""

import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.errors import Reason
from ingest.openpgp.keyring import Keyring
from ingest.operations import set_files_aside
from ingest.status.as_text import calendar, day_text
from ingest.status.days import DayStatus
from ingest.status.next_steps import NextStep, remedy, shell_word, steps_for_day
from ingest.status.overview import day_facts
from tests.conftest import Ingest
from tests.status.world import HOSTILE
from tests.support.ledger import days_of, facts_of
from tests.support.sender import CLIENT, DAY, Sender
from tests.support.status import RULES

NEXT_MORNING = datetime(2026, 1, 3, 7, tzinfo=UTC)
AFTER_LOSS = datetime(2026, 1, 10, 7, tzinfo=UTC)
STEM = f"{CLIENT}.{DAY}.users"
GIVE_UP = f"ingest release --give-up {CLIENT}/{DAY}"
UNLISTED = "ask MX for a manifest that lists it, or take it as it is"
Send = Callable[[Sender], object]


def the_day(data: Path, *, now: datetime) -> DayStatus:
    [day] = days_of(data / "ledger", now=now, settle=timedelta(0), day=date.fromisoformat(DAY))
    return day


def told(data: Path, *, now: datetime = NEXT_MORNING) -> list[str]:
    """Give a day's next steps as status and report both have to say them."""
    day = the_day(data, now=now)
    steps = steps_for_day(day)
    facts = facts_of(data / "ledger", now=now, settle=timedelta(0))
    [reported] = [each for each in facts.open_days if str(each.snapshot_date) == DAY]
    assert reported.next_steps == steps
    assert [step["advice"] for step in day_facts(day, with_landed=False)["next_steps"]] == [
        step.advice for step in steps
    ]
    texts = [step.text() for step in steps]
    assert all(text in calendar([day], bad_names=[]) for text in texts)
    assert day_text(day).splitlines()[-len(texts) :] == [f"  {text}" for text in texts]
    return texts


def send_two_of_three(sender: Sender) -> None:
    for event in ("created", "updated", "deleted"):
        sender.send_users("a", event=event)
    sender.send_manifest()
    (sender.folder / f"{STEM}.deleted.avro.pgp").unlink()


def send_one_too_many(sender: Sender) -> None:
    """Two of what was listed have not come, and one has come that was not listed."""
    for event in ("created", "updated"):
        sender.send_users("a", event=event)
    sender.send_manifest()
    for event in ("created", "updated"):
        (sender.folder / f"{STEM}.{event}.avro.pgp").unlink()
    sender.send_users("b", event="deleted")


def send_no_manifest(sender: Sender) -> None:
    sender.send_users("a")


def send_half(sender: Sender) -> None:
    path = sender.send_users("a")
    sender.send_manifest()
    path.write_bytes(path.read_bytes()[:100])


def send_bad_manifest(sender: Sender) -> None:
    sender.send_manifest_text(b"no CSV")


def send_wrong_checksums(sender: Sender) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_users("a", event="updated", Checksum="0" * 64)
    sender.send_users("a", event="deleted", RecordCount="7")
    sender.send_manifest()


CASES: dict[str, tuple[Send, list[str]]] = {
    "a missing file": (send_two_of_three, ["ask MX to send 1 file within 7 days: ingest run"]),
    "missing and unlisted": (
        send_one_too_many,
        [
            f"1 file in quarantine as unlisted: {UNLISTED}: ingest run --accept-unlisted",
            "ask MX to send 2 files within 7 days: ingest run",
        ],
    ),
    "no manifest": (
        send_no_manifest,
        [
            "ask MX for the manifest within 7 days, or take the files as they are: "
            "ingest run --accept-unlisted"
        ],
    ),
    "half a file": (
        send_half,
        [
            "1 file in quarantine as truncated: ask MX to deliver it again; a good copy heals by "
            "itself: ingest run"
        ],
    ),
    "a bad manifest": (
        send_bad_manifest,
        [
            "the manifest in quarantine as manifest: ask MX to deliver it again; a good copy heals "
            "by itself: ingest run"
        ],
    ),
    "several reasons": (
        send_wrong_checksums,
        [
            "2 files in quarantine as checksum: ask MX to deliver it again; a good copy heals by "
            "itself: ingest run",
            "1 file in quarantine as record_count: ask MX to deliver it again; a good copy heals "
            "by itself: ingest run",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_day_says_what_to_do(sender: Sender, ingest: Ingest, data: Path, case: str) -> None:
    send, expected = CASES[case]
    send(sender)

    ingest(settle_hours=0)

    assert told(data) == expected


def test_a_wrong_key_is_to_be_put_right(
    sender: Sender, ingest: Ingest, data: Path, tmp_path: Path
) -> None:
    """All manifests are in quarantine and all files wait: no word of those is any help."""
    (tmp_path / "g").mkdir(mode=0o700)
    sender.send_users("a")
    sender.send_manifest()

    ingest(keys=Keyring(tmp_path / "g"))

    assert told(data) == [
        "the manifest in quarantine as wrong_key: put the key pair that it names into "
        "MX_GNUPGHOME, or ask MX to encrypt to yours: ingest release"
    ]


def test_files_that_were_set_aside_have_the_way_back(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_users("b", event="updated")
    sender.send_manifest()
    ingest()
    names = [f"{STEM}.created", f"{STEM}.updated"]

    set_files_aside(names, data=data, rules=RULES)

    [step] = told(data)
    assert step.startswith("2 files in quarantine as set_aside: ask MX for a better one")
    assert step.endswith(f": ingest release {' '.join(names)}")


def test_what_mx_no_longer_has_is_asked_for_or_given_up(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    send_two_of_three(sender)

    ingest()

    why = "ask MX, or record that it will not come"
    assert told(data, now=AFTER_LOSS) == [f"MX's copy of 1 file is gone: {why}: {GIVE_UP}"]


def test_a_day_of_which_nothing_came_says_until_when_to_look(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.day = "2026-01-01"
    send_no_manifest(sender)
    ingest()

    look = "whether MX delivers and the source can be reached: ingest run"
    why = "ask MX, or record that it will not come"
    assert told(data) == [f"see within 7 days {look}"]
    assert told(data, now=NEXT_MORNING + timedelta(days=6)) == [f"see within 1 day {look}"]
    assert told(data, now=AFTER_LOSS) == [f"MX's copy is gone: {why}: {GIVE_UP}"]


@pytest.mark.parametrize("reason", [*Reason, "a reason of a newer version"])
def test_each_reason_has_a_next_step(reason: str) -> None:
    step = remedy(reason, names=["CLT-a b", "CLT-c"])

    assert step.advice
    assert step.command.startswith("ingest ")


def test_several_names_are_given_up_by_one_command() -> None:
    step = remedy(Reason.NAME, names=["CLT-a b", "CLT-c"])

    assert step == NextStep(
        advice="ask MX for the right name; it will not land under this one",
        command="ingest release --give-up 'CLT-a b' --give-up CLT-c",
    )


@pytest.mark.parametrize("name", [HOSTILE, "CLT-plain.pgp", "CLT-a b'$(id)`", "CLT-\udcff\n\t\\"])
def test_a_command_holds_a_name_as_bash_reads_it(name: str) -> None:
    word = shell_word(name)

    said = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)

    assert said.stdout == name.encode(errors="surrogateescape")
    assert word.isascii() and word.isprintable()
