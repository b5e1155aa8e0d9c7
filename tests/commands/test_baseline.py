"""`ingest baseline` lands a snapshot from a folder or from URLs."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Cli
from tests.support.sender import CLIENT, DAY, Sender, avro_bytes, users
from tests.support.served import Served


def test_a_baseline_lands_from_a_folder(
    cli: Cli, sender: Sender, settings: dict[str, str], tmp_path: Path
) -> None:
    """Other files there are counted, and the exit code is that of a run."""
    bought = tmp_path / "bought"
    bought.mkdir()
    sender.encrypt(avro_bytes(users("a")), bought / "users.avro.pgp")
    (bought / "README").write_text("?")
    command = ("baseline", str(bought), "--date", DAY, "--client", CLIENT, "--json")

    complete = cli(*command, **settings)
    sender.encrypt(b"no Avro", bought / "tags.avro.pgp")
    damaged = cli(*command, **settings)
    sender.encrypt(b"no Avro", bought / "what.avro.pgp")
    unnamed = cli(*command, **settings)

    facts = json.loads(complete.stdout)
    assert (facts["rows_landed"], facts["left_alone"]) == (1, 1)
    assert [complete.returncode, damaged.returncode, unnamed.returncode] == [0, 3, 1]
    [line] = [line for line in unnamed.stderr.splitlines() if "what.avro.pgp" in line]
    assert "put it into the file's name, like users-1.avro" in line


def test_a_baseline_lands_from_urls_and_shows_no_query(
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
