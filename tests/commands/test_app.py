"""The command as it is typed: exit codes, one-line errors, JSON."""

import json
import os
import pty
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.receiver import Receiver
from tests.support.sender import CLIENT, DAY, Sender, avro_bytes, users
from tests.support.served import Served

Finished = subprocess.CompletedProcess[str]


class Cli(Protocol):
    def __call__(self, *args: str, **settings: str) -> Finished: ...


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run `ingest` as a program, with no settings but those given."""

    def call(*args: str, **settings: str) -> Finished:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": "100"}
        return subprocess.run(
            [sys.executable, "-m", "ingest", *args],
            env=environment | settings,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


def test_a_run_that_lands_all_ends_with_0(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.send_users("a")
    sender.send_manifest()

    done = cli("run", **settings)

    assert done.returncode == 0
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == ["delivery"]
    assert done.stdout.splitlines()[-1] == "all that was listed is whole"


def test_a_run_that_leaves_something_ends_with_3_and_says_so_last(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()

    done = cli("run", **settings)

    assert done.returncode == 3
    assert done.stdout.splitlines()[-1].startswith("not whole: 1 files or manifests")
    assert "quarantined" in done.stderr


def test_a_run_tells_a_program_in_json(cli: Cli, sender: Sender, settings: dict[str, str]) -> None:
    sender.send_users("a")
    sender.send_manifest()

    assert json.loads(cli("run", "--json", **settings).stdout)["rows_landed"] == 1


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"MX_SOURCE": ""}, 2, "MX_SOURCE: expected in the environment or .env"),
        ({"MX_SETTLE_HOURS": "soon"}, 2, "MX_SETTLE_HOURS: "),
        ({"MX_SOURCE": "ftp://host/"}, 2, "found the scheme ftp"),
        ({"MX_SOURCE": "/nowhere"}, 1, "source /nowhere: expected a folder to list"),
        ({"MX_GNUPGHOME": "/nowhere"}, 2, "MX_GNUPGHOME: expected a GnuPG home"),
        ({"MX_GPG_PASSPHRASE": "wrong"}, 2, "MX_GPG_PASSPHRASE: expected the passphrase of key"),
        ({"MX_DATA": "/proc/none"}, 1, "MX_DATA: /proc/none"),
        ({"MX_DATA": "/etc/passwd/in"}, 2, "MX_DATA: expected a folder, found a file: /etc/passwd"),
        ({"MX_DATA": "/etc/passwd"}, 2, "MX_DATA: expected a folder, found a file"),
        ({"MX_MEMORY": "12"}, 2, "MX_MEMORY: expected at least 256MB, found 12"),
    ],
    ids=str,
)
def test_a_foreseeable_fault_is_one_line_and_an_exit_code(
    cli: Cli,
    sender: Sender,
    settings: dict[str, str],
    changed: dict[str, str],
    code: int,
    said: str,
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    forget = ["gpgconf", "--homedir", settings["MX_GNUPGHOME"], "--kill", "gpg-agent"]
    subprocess.run(forget, check=True)

    done = cli("run", **(settings | changed))

    assert (done.returncode, len(done.stderr.splitlines())) == (code, 1)
    assert said in done.stderr


def test_a_wrong_option_ends_with_2(cli: Cli) -> None:
    assert cli("run", "--no-such-option").returncode == 2


def test_a_key_pair_is_made_listed_exported_and_used(cli: Cli, receiver_key: Receiver) -> None:
    settings = {"MX_GNUPGHOME": str(receiver_key.home / "k")}

    made = cli("keys", "new", "--name", "Bank", "--email", "data@localhost", **settings)
    listed = json.loads(cli("keys", "list", "--json", **settings).stdout)
    exported = cli("keys", "export", **settings)
    sent = cli("sample", "--to", "out", "--days", "1", "--users", "2", "--json", **settings)
    ran = cli("run", **settings, MX_SOURCE="out")

    fingerprint = made.stdout.strip()
    assert [key["fingerprint"] for key in listed] == [fingerprint]
    assert listed[0]["user_id"] == "Bank <data@localhost>"
    assert exported.stdout.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert json.loads(sent.stdout)["files"] == 66
    assert (ran.returncode, ran.stdout.splitlines()[1]) == (0, "now: 66 landed")
    subprocess.run(["gpgconf", "--homedir", settings["MX_GNUPGHOME"], "--kill", "all"], check=True)


@pytest.mark.parametrize("command", ["list", "export"])
def test_keys_that_are_not_there_say_how_to_make_them(
    cli: Cli, tmp_path: Path, command: str
) -> None:
    done = cli("keys", command, MX_GNUPGHOME=str(tmp_path / "none"))

    assert (done.returncode, "ingest keys new" in done.stderr) == (2, True)


def test_every_command_takes_json_and_has_help(cli: Cli) -> None:
    commands = (["run"], ["report"], ["sample"])
    for command in (*commands, ["keys", "new"], ["keys", "list"], ["keys", "export"]):
        assert "--json" in cli(*command, "--help").stdout


def test_a_run_on_a_folder_loads_nothing_that_it_does_not_need(
    sender: Sender, settings: dict[str, str], tmp_path: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    told = tmp_path / "loaded"
    program = (
        "import sys, atexit, pathlib; sys.argv = ['ingest', 'run'];"
        f"atexit.register(lambda: pathlib.Path({str(told)!r}).write_text(' '.join(sys.modules)));"
        "from ingest.__main__ import main; main()"
    )

    subprocess.run([sys.executable, "-c", program], env=settings, cwd=tmp_path, check=True)

    slow = {"apprise", "dbt", "duckdb", "jinja2", "matplotlib", "paramiko", "polars", "pyarrow"}
    loaded = set(told.read_text().split())
    assert "ingest.landing.verify" in loaded
    assert loaded & slow == set()


def test_a_run_on_a_terminal_shows_how_far_it_is_and_how_long_it_will_take(
    sender: Sender, settings: dict[str, str], tmp_path: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ours, theirs = pty.openpty()
    wide = settings | {"TERM": "xterm", "COLUMNS": "100"}

    command = [sys.executable, "-m", "ingest", "run"]
    subprocess.run(command, env=wide, cwd=tmp_path, stderr=theirs, check=True)

    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert re.search(r"fetch .*━.* 0(\.0)?/\d.* -:--:--", plain(shown))
    assert re.search(r"verify and land .*━.* (\d+)/\1 bytes 0:00:00", plain(shown))


def plain(shown: str) -> str:
    """Take the colours out of what a terminal was sent."""
    return re.sub(r"\x1b\[[\d;]*m", "", shown)


def test_a_landed_file_is_set_aside_and_released_by_its_name(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    """It needs no key and no source to be taken out, and a key to be landed again."""
    sender.send_users("a")
    sender.send_manifest()
    cli("run", **settings)
    path = f"landing/resource=users/event=created/date={DAY}/{CLIENT}.parquet"
    keyless = {name: settings[name] for name in ("PATH", "MX_DATA")}

    aside = cli("release", "--set-aside", path, "--json", **keyless)
    again = cli("release", "--set-aside", path, **keyless)
    ran = cli("run", **settings)
    released = cli("release", f"{CLIENT}.{DAY}.users.created", "--json", **settings)

    codes = [done.returncode for done in (aside, again, ran, released)]
    assert codes == [3, 3, 3, 0]
    assert json.loads(aside.stdout)["standings"] == {"quarantined": 1}
    assert "now: 1 quarantined" in ran.stdout
    assert json.loads(released.stdout)["standings"] == {"landed": 1}


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--set-aside", "nobody"), 1, "nobody: expected a landed file"),
        (("--give-up", "nobody"), 1, "nobody: expected the name of a known file"),
        (("nobody",), 1, "nobody: expected a file in quarantine"),
        (("--set-aside", "a", "b"), 2, "found more than one of these"),
        (("--set-aside", "a", "--give-up", "b"), 2, "found more than one of these"),
    ],
    ids=str,
)
def test_a_release_says_on_a_line_what_it_does_not_know(
    cli: Cli, settings: dict[str, str], args: tuple[str, ...], code: int, said: str
) -> None:
    done = cli("release", *args, **settings)

    assert (done.returncode, len(done.stderr.splitlines())) == (code, 1)
    assert said in done.stderr


def test_a_baseline_lands_from_a_folder(
    cli: Cli, sender: Sender, settings: dict[str, str], tmp_path: Path
) -> None:
    """What lies there and is none of it is told, and the exit code is that of a run."""
    bought = tmp_path / "bought"
    bought.mkdir()
    sender.encrypt(avro_bytes(users("a")), bought / "users.avro.pgp")
    (bought / "README").write_text("?")
    command = ("baseline", str(bought), "--date", DAY, "--client", CLIENT, "--json")

    whole = cli(*command, **settings)
    sender.encrypt(b"no Avro", bought / "tags.avro.pgp")
    damaged = cli(*command, **settings)
    sender.encrypt(b"no Avro", bought / "what.avro.pgp")
    untold = cli(*command, **settings)

    facts = json.loads(whole.stdout)
    assert (facts["rows_landed"], facts["left_alone"]) == (1, 1)
    assert [whole.returncode, damaged.returncode, untold.returncode] == [0, 3, 1]
    [line] = [line for line in untold.stderr.splitlines() if "what.avro.pgp" in line]
    assert "put it into the file's name, like users-1.avro" in line


def test_a_baseline_lands_from_urls_and_tells_no_query(
    cli: Cli, sender: Sender, settings: dict[str, str], tmp_path: Path, served: Served, host: str
) -> None:
    sender.encrypt(avro_bytes(users("a")), tmp_path / "encrypted")
    served.bodies = {
        "/snapshot/users?sig=secret": (tmp_path / "encrypted").read_bytes(),
        "/snapshot/tags?sig=secret": avro_bytes(users("t")),
    }
    urls = [f"{host}{path}" for path in (*served.bodies, "/snapshot/goals?sig=secret")]
    (tmp_path / "urls.json").write_text(json.dumps(urls))
    command = ("baseline", "urls.json", "--date", DAY, "--client", CLIENT)

    done = cli(*command, **settings)
    again = cli(*command, **settings)

    assert (done.returncode, again.returncode) == (1, 1)
    assert "landed 2 files, 2 rows" in done.stdout
    assert "landed 0 files" in again.stdout
    assert "the file 'snapshot/goals', found status 404" in done.stderr
    asked = [path for path, _ in served.asked]
    assert [asked.count(path) for path in served.bodies] == [1, 1]
    ledger = "".join(path.read_text() for path in (tmp_path / "data/ledger").glob("*.jsonl"))
    assert "secret" not in done.stdout + done.stderr + again.stderr + ledger


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--date", "soon"), 2, "--date"),
        (("--date", DAY, "--client", "CLT-1"), 2, "--client: expected CLT- and a UUID"),
        (("--date", DAY), 2, "say whose the baseline is: --client"),
    ],
    ids=str,
)
def test_a_baseline_says_on_a_line_what_it_misses(
    cli: Cli,
    sender: Sender,
    settings: dict[str, str],
    args: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    sender.encrypt(avro_bytes(users("a")), sender.folder / "users.avro.pgp")

    done = cli("baseline", str(sender.folder), *args, **settings)

    assert done.returncode == code
    assert said in done.stderr


def test_the_version_is_said(cli: Cli) -> None:
    done = cli("--version")

    assert (done.returncode, done.stdout) == (0, f"mx-ingest {version('mx-ingest')}\n")
