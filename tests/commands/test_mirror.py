"""`ingest mirror` copies to object storage and back; `ingest run` ends with it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.commands.conftest import Cli
from tests.support.object_storage import ObjectStorage
from tests.support.sender import Sender
from tests.support.spoiled import Spoiled, spoiled

Settings = dict[str, str]


@pytest.fixture
def mirrored(settings: Settings, storage: ObjectStorage, tmp_path: Path) -> Settings:
    """The settings of a run that ends with a mirror, which is empty."""
    prefix = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    return settings | storage.settings | {"MX_MIRROR": f"s3://{storage.bucket}/{prefix}"}


@pytest.fixture
def proxy(storage: ObjectStorage) -> Iterator[Spoiled]:
    with spoiled(storage.endpoint) as made:
        yield made


@pytest.fixture(autouse=True)
def delivered(sender: Sender) -> None:
    sender.send_users("a", "b")
    sender.send_manifest()


def test_a_run_ends_with_the_mirror_and_the_next_one_copies_the_ledger_alone(
    cli: Cli, mirrored: Settings
) -> None:
    first = cli("run", "--json", **mirrored)
    second = cli("run", **mirrored)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert json.loads(first.stdout)["mirror"]["files"] == 3
    assert second.stdout.startswith("mirrored 0 files, 0.0 MB")
    assert second.stdout.splitlines()[-1] == "everything listed has landed"


def test_a_mirror_that_fails_keeps_what_has_landed_and_the_next_run_catches_up(
    cli: Cli, mirrored: Settings, proxy: Spoiled
) -> None:
    proxy.fault = lambda method, path: 403

    failed = cli("run", **mirrored | {"MX_MIRROR_ENDPOINT": proxy.endpoint})
    status = cli("status", **mirrored)
    after = cli("run", "--json", **mirrored)

    assert failed.returncode == 1
    assert failed.stdout.startswith("landed 1 files, 2 rows")
    assert "all files are landed, and the mirror is behind: s3://" in failed.stderr
    assert "AccessDenied" in status.stdout
    assert (after.returncode, json.loads(after.stdout)["mirror"]["files"]) == (0, 3)


def test_a_program_hears_of_a_mirror_that_fails(
    cli: Cli, mirrored: Settings, proxy: Spoiled
) -> None:
    proxy.fault = lambda method, path: 403

    failed = cli("run", "--json", **mirrored | {"MX_MIRROR_ENDPOINT": proxy.endpoint})

    assert "AccessDenied" in json.loads(failed.stdout)["mirror"]["failure"]


def test_a_malformed_address_stops_a_run_before_it_fetches(
    cli: Cli, mirrored: Settings, data: Path
) -> None:
    done = cli("run", **mirrored | {"MX_MIRROR": "bucket/prefix"})

    assert done.returncode == 2
    assert "MX_MIRROR: expected s3://bucket/prefix" in done.stderr
    assert not (data / "archive").exists()


def test_wrong_credentials_are_one_line_without_them(cli: Cli, mirrored: Settings) -> None:
    cli("run", **{name: each for name, each in mirrored.items() if name != "MX_MIRROR"})

    done = cli("mirror", **mirrored | {"AWS_SECRET_ACCESS_KEY": "hush hush"})

    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert "SignatureDoesNotMatch" in line
    assert "hush" not in line + done.stdout


def test_a_quarantined_file_does_not_keep_a_mirror_from_ending_with_0(
    cli: Cli, mirrored: Settings, sender: Sender
) -> None:
    sender.send_users("c", event="updated", Checksum="0" * 64)
    sender.send_manifest()
    cli("run", **mirrored)

    done = cli("mirror", "--json", **mirrored)

    assert (done.returncode, json.loads(done.stdout)["left_out"]) == (0, [])


def test_an_archived_file_that_is_gone_ends_a_mirror_with_3(
    cli: Cli, settings: Settings, mirrored: Settings, data: Path
) -> None:
    cli("run", **settings)
    [path] = (data / "archive").rglob("*.created.avro.pgp")
    path.unlink()

    mirror, run = cli("mirror", **mirrored), cli("run", **mirrored)

    assert (mirror.returncode, run.returncode) == (3, 0), mirror.stderr
    assert mirror.stdout.splitlines()[-1].startswith("incomplete: 1 archived files")


def test_only_the_archive_is_copied_if_a_setting_or_an_option_says_so(
    cli: Cli, mirrored: Settings, settings: Settings
) -> None:
    cli("run", **settings)

    option = cli("mirror", "--only", "archive", "--json", **mirrored)
    setting = cli("run", "--json", **mirrored | {"MX_MIRROR_ONLY": "archive"})

    assert json.loads(option.stdout) | {"seconds": 0, "bytes": 0} == {
        **{"mirror": mirrored["MX_MIRROR"], "only": "archive", "files": 2, "bytes": 0},
        **{"ledger_files": 1, "deleted": 0, "left_out": [], "seconds": 0},
    }
    assert json.loads(setting.stdout)["mirror"]["only"] == "archive"


def test_an_object_that_is_gone_ends_a_verification_with_1(
    cli: Cli, mirrored: Settings, storage: ObjectStorage
) -> None:
    cli("run", **mirrored)
    sound = cli("mirror", "--verify", **mirrored)
    _, _, prefix = mirrored["MX_MIRROR"].rpartition("/")
    storage.delete(f"{prefix}/landing/")

    found = cli("mirror", "--verify", "--json", **mirrored)
    again = cli("mirror", "--json", **mirrored)

    assert (sound.returncode, found.returncode, again.returncode) == (0, 1, 0), found.stderr
    assert list(json.loads(found.stdout)["wrong"].values()) == ["no file"]
    assert json.loads(again.stdout)["files"] == 1


@pytest.mark.parametrize(
    ("args", "line"),
    [
        ([], "MX_MIRROR: expected in the environment"),
        (["s3://b/p", "--only", "landing"], "Invalid value for '--only'"),
        (["s3://b/p", "--keep-owner"], "--keep-owner: expected with --restore"),
        (["s3://b/p", "--restore", "--only", "archive"], "--only: expected without --restore"),
        (["s3://b/p", "--restore", "--verify"], "--restore: expected without --verify"),
    ],
)
def test_a_misuse_ends_with_2(cli: Cli, settings: Settings, args: list[str], line: str) -> None:
    done = cli("mirror", *args, **settings)

    assert done.returncode == 2
    assert line in done.stderr


def test_a_lost_machine_comes_back_with_the_same_tables(
    cli: Cli, program: Cli, mirrored: Settings, data: Path, tmp_path: Path
) -> None:
    cli("run", **mirrored)
    program("ingest", "build", **mirrored)
    before = tables(data)
    new = mirrored | {"MX_DATA": str(tmp_path / "new")}

    restored = cli("mirror", "--restore", **new)
    built = program("ingest", "build", **new)
    former = cli("mirror", **mirrored)

    assert (restored.returncode, built.returncode) == (0, 0), restored.stderr + built.stdout
    assert restored.stdout.splitlines()[-1] == "everything listed has landed"
    assert tables(tmp_path / "new") == before
    assert former.returncode == 1
    assert "expected a mirror of this data folder, found one of another" in former.stderr


def tables(data: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as warehouse:
        return warehouse.execute("from main.users order by guid").fetchall()
