"""A foreseeable fault is one line and an exit code, and every command has help."""

import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest
from typer.main import get_command

from ingest.commands.app import app
from tests.commands.conftest import Cli
from tests.support.sender import Sender


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"MX_SOURCE": ""}, 2, "MX_SOURCE: expected in the environment or .env"),
        ({"MX_SETTLE_HOURS": "soon"}, 2, "MX_SETTLE_HOURS: "),
        ({"MX_SOURCE": "ftp://host/"}, 2, "found the scheme ftp"),
        (
            {"MX_SOURCE": "/nowhere"},
            1,
            "source /nowhere: expected a folder to list",
        ),
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


def test_days_in_the_wrong_order_end_with_2(cli: Cli, settings: dict[str, str]) -> None:
    done = cli("run", "--since", "2026-02-01", "--until", "2026-01-01", **settings)

    said = "ingest: --until: expected 2026-02-01 or later, found 2026-01-01\n"
    assert (done.returncode, done.stderr) == (2, said)


def commands_of(group: Any, *before: str) -> Iterator[tuple[str, Any]]:
    """Give each command that does something, with the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, *before, name)
        else:
            yield " ".join([*before, name]), command


def test_every_command_takes_json_and_has_help(cli: Cli) -> None:
    without = [
        path
        for path, command in commands_of(get_command(app))
        if not command.help or not any("--json" in each.opts for each in command.params)
    ]

    assert without == []
    assert "--json" in cli("run", "--help").stdout


def test_the_version_is_said(cli: Cli) -> None:
    done = cli("--version")

    assert (done.returncode, done.stdout) == (0, f"mx-ingest {version('mx-ingest')}\n")
