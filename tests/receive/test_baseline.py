"""A baseline lands from files that are called as someone pleased, each row before its day."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import gnupg
import pytest

from ingest.delivery.baseline import is_data_file
from ingest.errors import SettingsError
from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.operations import give_up, make_anew, release, set_files_aside
from ingest.pipeline import Plan, run_planned
from ingest.receive.baseline import Wish, find_baseline
from ingest.receive.baseline_header import START_BYTES, read_schema
from ingest.receive.sources.local import FolderTree
from ingest.status.as_text import day_grid
from ingest.status.runs import Summary
from ingest.store.ledger import read_records
from ingest.warehouse.models.catalogue import read_catalogue
from ingest.warehouse.replay import verify_files
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.ledger import days_of, read_state
from tests.support.receiver import Receiver
from tests.support.sender import CLIENT, DAY, USER, Sender, avro_bytes, users

RULES = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
NEXT_MORNING = datetime(2026, 1, 3, 7, tzinfo=UTC)
OTHER_CLIENT = CLIENT.replace("1", "2")
FIELDS = {name: sorted(fields) for name, fields in read_catalogue().staged_fields().items()}
Take = Callable[..., Summary]


class Bought:
    """The folder into which someone has put what was bought."""

    def __init__(self, folder: Path, sender: Sender) -> None:
        self.folder = folder
        self._sender = sender

    def put(self, name: str, plain: bytes) -> Path:
        """Put an encrypted file there."""
        path = self.put_as_it_is(name, b"")
        self._sender.encrypt(plain, path)
        return path

    def put_as_it_is(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


@pytest.fixture
def bought(tmp_path: Path, sender: Sender) -> Bought:
    (tmp_path / "bought").mkdir()
    return Bought(tmp_path / "bought", sender)


@pytest.fixture
def take(bought: Bought, data: Path, keyring: Keyring) -> Take:
    """Do what `ingest baseline` does."""

    def take_once(
        *,
        day: str = DAY,
        client: str | None = CLIENT,
        address: str = "",
        folder: Path | None = None,
    ) -> Summary:
        source = FolderTree(bought.folder)
        wish = Wish(snapshot_date=date.fromisoformat(day), client=client, address=address)

        def plan(state: Any, scratch: Path) -> Plan:
            read = partial(read_schema, source, keyring=keyring, scratch=scratch)
            found = find_baseline(
                source,
                wish,
                state=state,
                columns=FIELDS,
                is_data=is_data_file,
                read_schema=read,
            )
            return Plan(source=found.baseline, failures=found.failures, left_alone=found.left_alone)

        return run_planned(plan, data=data, keyring=keyring, rules=RULES)

    return take_once


def landed(data: Path) -> dict[str, list[str]]:
    """Give the keys that landed, by file without client and day."""
    files: dict[str, list[str]] = {}
    for row in landed_rows(data):
        kind = row["_source_file"].split(".", 2)[2]
        assert (row["_event"], str(row["_snapshot_date"])) == ("baseline", DAY)
        files.setdefault(kind, []).append(row["guid"])
    return files


def archived(data: Path) -> dict[str, Path]:
    return {path.name: path for path in (data / "archive").rglob("*") if path.is_file()}


def schema_of(resource: str, *, name: str = "topLevelRecord") -> dict[str, Any]:
    fields = [{"name": each, "type": ["null", "string"]} for each in FIELDS[resource]]
    return {"type": "record", "name": name, "fields": fields}


def test_a_file_lands_at_once_without_a_manifest(bought: Bought, take: Take, data: Path) -> None:
    path = bought.put("export of users (1).avro.pgp", avro_bytes(users("a", "b")))

    summary = take()

    assert (summary.files_landed, summary.alarms, summary.failures) == (1, 0, [])
    assert landed(data) == {"users.baseline": ["a", "b"]}
    kept = archived(data)[f"{CLIENT}.{DAY}.users.baseline.avro.pgp"]
    assert kept.read_bytes() == path.read_bytes()
    assert (data / f"landing/resource=users/event=baseline/date={DAY}/{CLIENT}.parquet").is_file()


def test_further_files_of_a_resource_are_its_parts(bought: Bought, take: Take, data: Path) -> None:
    bought.put("2/users.avro.pgp", avro_bytes(users("b")))
    bought.put("1/users.avro.pgp", avro_bytes(users("a")))
    bought.put("3/users.avro.pgp", avro_bytes(users("c")))

    take()

    assert landed(data) == {
        "users.baseline": ["a"],
        "users.baseline-0002": ["b"],
        "users.baseline-0003": ["c"],
    }
    assert (
        data / f"landing/resource=users/event=baseline/date={DAY}/{CLIENT}.0002.parquet"
    ).is_file()


def test_the_same_command_again_changes_nothing(bought: Bought, take: Take, data: Path) -> None:
    bought.put("users-1.avro.pgp", avro_bytes(users("a")))
    bought.put("users-2.avro.pgp", avro_bytes(users("b")))
    take()
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*.p*") if path.is_file()}
    records = sum(1 for _ in read_records(data / "ledger"))

    summary = take()

    assert (summary.files_landed, summary.failures) == (0, [])
    after = {path: path.stat().st_mtime_ns for path in data.rglob("*.p*") if path.is_file()}
    assert after == before
    assert sum(1 for _ in read_records(data / "ledger")) == records + 1  # that of the run


def test_a_file_keeps_its_part_whatever_comes_later(bought: Bought, take: Take, data: Path) -> None:
    bought.put("users-5.avro.pgp", avro_bytes(users("five")))
    take()
    bought.put("users-1.avro.pgp", avro_bytes(users("one")))
    bought.put("users-5.avro.pgp", avro_bytes(users("five", "more")))

    take()

    assert landed(data) == {"users.baseline": ["five", "more"], "users.baseline-0002": ["one"]}
    names = {
        record["delivered_name"]: record.get("part", 1)
        for record in read_records(data / "ledger")
        if record["what"] == "archived"
    }
    assert names == {"users-5.avro.pgp": 1, "users-1.avro.pgp": 2}


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("users.avro.pgp", "users"),
        ("USERS_2026.gpg", "users"),
        (f"{CLIENT}.{DAY}.beat_feedback.baseline.avro.pgp", "beat_feedback"),
        ("mx-beat-0001.pgp", "beat"),
        ("discovered-accounts.part-7.avro.pgp", "discovered_accounts"),
        ("DiscoveredAccounts.avro.pgp", "discovered_accounts"),
        ("accounts/part-00000-of-00009.avro.pgp", "accounts"),
        ("users/accounts/1.avro.pgp", "accounts"),
    ],
)
def test_a_name_tells_the_resource(
    bought: Bought, take: Take, data: Path, name: str, resource: str
) -> None:
    bought.put(name, avro_bytes(users("a")))

    assert take().failures == []
    assert landed(data) == {f"{resource}.baseline": ["a"]}


@pytest.mark.parametrize(
    ("schema", "resource"),
    [
        (USER, "users"),
        (USER | {"name": "User"}, "users"),
        (USER | {"name": "com.mx.Category"}, "categories"),
        (USER | {"name": "DiscoveredAccount"}, "discovered_accounts"),
        (USER | {"name": "Beats"}, "beat"),
        (schema_of("transactions"), "transactions"),
        (schema_of("goals"), "goals"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["name"],
)
@pytest.mark.parametrize("is_plain", [False, True], ids=["encrypted", "plain"])
def test_a_schema_tells_the_resource_where_the_name_does_not(
    bought: Bought, take: Take, data: Path, schema: dict[str, Any], resource: str, is_plain: bool
) -> None:
    plain = avro_bytes([{"guid": "a", "first_name": None}], schema=schema)
    put = bought.put_as_it_is if is_plain else bought.put
    put("00000000.avro" if is_plain else "00000000.avro.pgp", plain)

    assert take().failures == []
    assert landed(data) == {f"{resource}.baseline": ["a"]}


def test_a_large_files_schema_is_read_from_its_start(
    bought: Bought, take: Take, data: Path
) -> None:
    rows = [{"guid": os.urandom(64).hex(), "first_name": None} for _ in range(40_000)]
    path = bought.put("export.pgp", avro_bytes(rows, codec="null"))
    assert path.stat().st_size > 2 * START_BYTES

    assert take().failures == []
    assert len(landed(data)["users.baseline"]) == len(rows)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("export.avro.pgp", avro_bytes([], schema=USER | {"name": "record"})),
        ("goals and users.avro.pgp", avro_bytes([], schema=USER | {"name": "record"})),
        ("export.avro.pgp", b"no Avro at all"),
        (f"{OTHER_CLIENT}.users.avro.pgp", avro_bytes([])),
    ],
    ids=["no name", "two names", "no Avro", "another client"],
)
def test_what_nothing_tells_is_said_on_a_line_and_the_others_land(
    bought: Bought, take: Take, data: Path, name: str, plain: bytes
) -> None:
    bought.put(name, plain)
    bought.put("tags.avro.pgp", avro_bytes(users("t")))

    summary = take()

    [failure] = map(str, summary.failures)
    assert repr(name) in failure
    assert "\n" not in failure
    assert landed(data) == {"tags.baseline": ["t"]}


def test_a_new_resource_that_the_ledger_knows_is_known(
    sender: Sender, ingest: Ingest, bought: Bought, take: Take, data: Path
) -> None:
    sender.send(avro_bytes([]), resource="spending_plans")
    sender.send_manifest()
    ingest()
    bought.put("all spending_plans.avro.pgp", avro_bytes(users("p")))

    assert take().failures == []
    assert landed(data) == {"spending_plans.baseline": ["p"]}


@pytest.mark.parametrize(
    "name",
    [
        "README",
        "README.asc",
        ".DS_Store",
        "._users.avro",
        "users.avro.sha256",
        "SHA256SUMS.asc",
        f"{CLIENT}.{DAY}-manifest.csv.pgp",
        "users.parquet",
        "checksums.pgp",
    ],
)
def test_what_is_no_data_is_left_alone_and_counted(
    bought: Bought, take: Take, data: Path, name: str
) -> None:
    bought.put_as_it_is(name, b"users")

    summary = take()

    assert (summary.left_alone, summary.failures, summary.statuses) == (1, [], {})
    assert "left alone 1 other files" in summary.text()
    assert not archived(data)


def test_a_damaged_file_is_in_quarantine_and_the_rest_lands(
    bought: Bought, take: Take, data: Path
) -> None:
    path = bought.put("users.avro.pgp", avro_bytes(users("a")))
    path.write_bytes(path.read_bytes()[:-20])
    bought.put("tags.avro.pgp", avro_bytes(users("t")))

    summary = take()

    assert (summary.files_landed, summary.alarms) == (1, 1)
    assert landed(data) == {"tags.baseline": ["t"]}
    assert quarantine_reasons(data) == {f"{CLIENT}.{DAY}.users.baseline.avro.pgp": "damaged"}


def test_a_better_copy_heals(bought: Bought, take: Take, data: Path) -> None:
    path = bought.put("users.avro.pgp", b"no Avro")
    assert take().alarms == 1
    bought.put(path.name, avro_bytes(users("a")))

    assert take().alarms == 0
    assert landed(data) == {"users.baseline": ["a"]}
    assert quarantine_reasons(data) == {}


def test_armour_is_opened(bought: Bought, take: Take, data: Path, receiver_key: Receiver) -> None:
    gpg = gnupg.GPG(gnupghome=str(receiver_key.home))
    plain = avro_bytes(users("a"), schema=USER | {"name": "User"})
    armour = gpg.encrypt(plain, [receiver_key.fingerprint], always_trust=True, armor=True)
    path = bought.put_as_it_is("export.asc", bytes(armour.data))
    assert path.read_bytes().startswith(b"-----BEGIN PGP MESSAGE")

    assert take().failures == []
    assert landed(data) == {"users.baseline": ["a"]}


def test_plain_avro_is_kept_as_ciphertext_alone(
    bought: Bought, take: Take, data: Path, keyring: Keyring
) -> None:
    plain = avro_bytes(users("a-very-secret-guid"), codec="null")
    bought.put_as_it_is("users.avro", plain)

    assert take().alarms == 0

    assert landed(data) == {"users.baseline": ["a-very-secret-guid"]}
    kept = archived(data)[f"{CLIENT}.{DAY}.users.baseline.avro.pgp"]
    opened, text = keyring.read(kept, lambda each: each.read(1 << 20), max_bytes=1 << 20)
    assert (opened.is_complete, text) == (True, plain)
    everything = [path for path in data.rglob("*") if path.is_file() and path.suffix != ".parquet"]
    assert not any(b"a-very-secret-guid" in path.read_bytes() for path in everything)


@pytest.mark.parametrize(
    ("name", "client", "address", "found"),
    [
        ("users.avro.pgp", CLIENT, f"https://mx/{OTHER_CLIENT}", CLIENT),
        (f"{OTHER_CLIENT}.users.avro.pgp", None, f"https://mx/{CLIENT}", OTHER_CLIENT),
        (f"{OTHER_CLIENT}/users.avro.pgp", None, "", OTHER_CLIENT),
        ("users.avro.pgp", None, f"https://mx/{OTHER_CLIENT}", OTHER_CLIENT),
    ],
    ids=["said", "in the name", "in the folder", "in MX_SOURCE"],
)
def test_the_client_is_who_is_said_then_named(
    bought: Bought, take: Take, data: Path, name: str, client: str | None, address: str, found: str
) -> None:
    bought.put(name, avro_bytes(users("a")))

    take(client=client, address=address)

    assert [row["_client_guid"] for row in landed_rows(data)] == [found]


def test_the_only_client_of_the_ledger_is_meant_if_none_is_named(
    sender: Sender, ingest: Ingest, bought: Bought, take: Take, data: Path
) -> None:
    bought.put("users.avro.pgp", avro_bytes(users("a")))
    with pytest.raises(SettingsError, match="found none; say whose the baseline is"):
        take(client=None)
    sender.send_users()
    sender.send_manifest()
    ingest()

    assert take(client=None).failures == []
    assert landed(data) == {"users.baseline": ["a"]}
    sender.client = OTHER_CLIENT
    sender.send_users()
    ingest()
    with pytest.raises(SettingsError, match="found several"):
        take(client=None, day="2026-01-05")


class Killed(BaseException):
    """What a test ends a run with."""


@contextmanager
def killed_before_the_record(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have a run end when its files are archived and not yet recorded."""

    def kill(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("ingest.receive.archive.sync_folder", kill)
        yield


def test_a_run_that_was_killed_goes_on_with_the_same_parts(
    bought: Bought, take: Take, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Archived and not recorded: what the files were called has been forgotten."""
    for number in range(3):
        bought.put(f"users-{number}.avro.pgp", avro_bytes(users(f"u{number}")))

    with killed_before_the_record(monkeypatch):
        take()
    assert len(archived(data)) == 3

    summary = take()

    assert (summary.failures, summary.alarms) == ([], 0)
    parts = ["users.baseline", "users.baseline-0002", "users.baseline-0003"]
    assert landed(data) == {part: [f"u{number}"] for number, part in enumerate(parts)}
    assert take().files_landed == 0
    named = {key.part: name for (_, name), key in read_state(data / "ledger").baselines.items()}
    assert named == {number + 1: f"users-{number}.avro.pgp" for number in range(3)}


def test_a_run_adopts_what_a_killed_one_had_archived(
    bought: Bought,
    take: Take,
    ingest: Ingest,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bought.put("users.avro.pgp", avro_bytes(users("a")))

    with killed_before_the_record(monkeypatch):
        take()

    assert ingest().files_landed == 1
    assert landed(data) == {"users.baseline": ["a"]}


def test_no_source_may_deliver_a_baseline(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send(avro_bytes(users("a")), event="baseline")

    assert ingest().alarms == 1
    assert list(quarantine_reasons(data).values()) == ["name"]


def test_a_baseline_makes_no_day_due_and_alarms_from_quarantine(
    bought: Bought, take: Take, data: Path
) -> None:
    bought.put("users.avro.pgp", avro_bytes(users("a")))
    take()

    def days() -> list[tuple[str, bool]]:
        now = read_state(data / "ledger").last_at + timedelta(days=30)
        found = days_of(data / "ledger", now=now, settle=RULES.settle)
        return [(str(day.status), day.is_alarm) for day in found]

    assert days() == [("baseline", False)]
    bought.put("tags.avro.pgp", b"no Avro")
    take()
    assert days() == [("quarantined", True)]


def test_a_part_that_never_heals_can_be_given_up(bought: Bought, take: Take, data: Path) -> None:
    bought.put("users-1.pgp", avro_bytes(users("a")))
    bought.put("users-2.pgp", b"no Avro")
    assert take().alarms == 1

    summary = give_up([f"{CLIENT}.{DAY}.users.baseline-0002"], data=data, rules=RULES)

    assert (summary.alarms, summary.statuses) == (0, {"landed": 1, "given up": 1})


def test_a_part_of_a_baseline_is_set_aside_and_released(
    bought: Bought,
    take: Take,
    keyring: Keyring,
    data: Path,
) -> None:
    bought.put("users-1.avro.pgp", avro_bytes(users("a")))
    bought.put("users-2.avro.pgp", avro_bytes(users("b")))
    take()
    path = f"landing/resource=users/event=baseline/date={DAY}/{CLIENT}.0002.parquet"

    set_files_aside([f"/srv/data/{path}"], data=data, rules=RULES)

    [record] = [each for each in read_records(data / "ledger") if each["what"] == "set_aside"]
    assert (record["event"], record["part"], record["path"]) == ("baseline", 2, path)
    assert landed(data) == {"users.baseline": ["a"]}
    assert take().statuses == {"landed": 1, "quarantined": 1}
    stem = f"{CLIENT}.{DAY}.users.baseline-0002"
    assert release([stem], data=data, keyring=keyring, rules=RULES).statuses == {"landed": 2}
    assert landed(data) == {"users.baseline": ["a"], "users.baseline-0002": ["b"]}


def test_a_baseline_that_comes_in_the_clear_stays_aside(
    bought: Bought,
    take: Take,
    data: Path,
) -> None:
    """What is in the clear is encrypted on its way, each time to other bytes."""
    path = bought.put_as_it_is("users.avro", avro_bytes(users("a")))
    take()
    set_files_aside([f"{CLIENT}.{DAY}.users.baseline"], data=data, rules=RULES)
    path.touch()

    assert take().statuses == {"quarantined": 1}
    bought.put_as_it_is("users.avro", avro_bytes(users("b")))
    assert take().statuses == {"landed": 1}
    assert landed(data) == {"users.baseline": ["b"]}


def test_the_grid_of_a_day_has_a_column_for_a_baseline(
    sender: Sender, ingest: Ingest, bought: Bought, take: Take, data: Path
) -> None:
    def grid() -> list[list[str]]:
        [day] = days_of(
            data / "ledger",
            now=NEXT_MORNING,
            settle=RULES.settle,
            day=date.fromisoformat(DAY),
        )
        return [line.split(None, 1) for line in day_grid(day).splitlines()[2:]]

    sender.send_users("a")
    sender.send_manifest()
    ingest()
    assert "baseline" not in str(grid())
    for number in range(2):
        bought.put(f"users-{number}.pgp", avro_bytes(users("a")))
    bought.put("tags.pgp", b"no Avro")

    take()

    heads, tags, of_users, why = grid()
    assert " ".join(heads).split() == ["baseline", "created", "updated", "deleted"]
    assert tags == ["tags", "quarantined"]
    assert of_users[0] == "users"
    assert of_users[1].split("  ")[0] == "2 landed"
    assert of_users[1].endswith("landed")
    assert why == ["tags", "baseline: not_avro"]


def test_a_manifest_that_comes_later_judges_the_days_own_files_alone(
    sender: Sender, ingest: Ingest, bought: Bought, take: Take, data: Path
) -> None:
    bought.put("users.avro.pgp", avro_bytes(users("a")))
    take()
    sender.send_users("a")
    sender.send_manifest()

    summary = ingest()

    assert (summary.files_landed, summary.alarms) == (1, 0)
    assert summary.statuses == {"landed": 2}


def test_what_of_a_baseline_was_lost_is_made_anew_or_fetched_again(
    bought: Bought, take: Take, data: Path, keyring: Keyring
) -> None:
    bought.put("users.avro.pgp", avro_bytes(users("a")))
    take()
    [landed] = data.glob("landing/*/*/*/*.parquet")
    [archived] = data.glob("archive/*/*/*.avro.pgp")
    content = landed.read_bytes()
    landed.write_bytes(content[:-1])

    assert make_anew(data=data, keyring=keyring, rules=RULES).made_anew == 1
    assert landed.read_bytes() == content
    archived.unlink()
    [damage] = verify_files(data).damaged
    assert damage.next_step == "restore it from a backup; or fetch it again with: ingest baseline"
    assert take().files_landed == 0
    assert verify_files(data).damaged == []
