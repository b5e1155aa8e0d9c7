"""`ingest status` ends with 3 while something is incomplete, in text and in JSON."""

import json

import pytest

from tests.commands.conftest import Cli
from tests.support.sender import CLIENT, DAY, Sender


def test_an_empty_data_folder_has_nothing_to_show(cli: Cli) -> None:
    done = cli("status")

    assert (done.returncode, done.stdout.split(";")[0]) == (0, "nothing has come yet")


def test_an_unknown_client_or_day_is_not_taken_for_an_empty_folder(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    cli("run", **settings)

    unknown = cli("status", "--client", "CLT-nope", **settings)
    known = cli("status", "--client", CLIENT.upper(), **settings)
    empty = cli("status", "--day", "2020-01-01", **settings)

    said = f"ingest: --client: expected a client of which something has come ({CLIENT}), found"
    assert (unknown.returncode, unknown.stderr) == (1, f"{said} 'CLT-nope'\n")
    assert known.stdout.startswith(CLIENT)
    assert (empty.returncode, empty.stdout.split(";")[0]) == (
        0,
        "2020-01-01: nothing has come, and nothing is due",
    )


@pytest.mark.parametrize(("checksum", "code"), [({}, 0), ({"Checksum": "0" * 64}, 3)])
def test_the_files_of_a_day_are_shown_with_their_status(
    cli: Cli, sender: Sender, settings: dict[str, str], checksum: dict[str, str], code: int
) -> None:
    sender.send_users("a", **checksum)
    sender.send_manifest()
    cli("run", **settings)

    shown = cli("status", "--day", DAY, "--as-of", DAY, **settings)
    facts = cli("status", "--json", "--as-of", DAY, **settings)

    assert (shown.returncode, facts.returncode) == (code, code), shown.stdout
    assert ("quarantined" if code else "landed") in shown.stdout
    assert CLIENT in json.dumps(json.loads(facts.stdout))


def test_a_client_has_the_name_that_a_setting_gives_it(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()
    named = settings | {"MX_CLIENT_NAMES": f"{CLIENT}=North"}
    ran = cli("run", **named)

    shown = cli("status", **named)

    assert f"{DAY} of North ({CLIENT}): landed 0 of 1 files, 0 rows" in ran.stderr.splitlines()
    assert shown.stdout.startswith(f"North ({CLIENT})\n")
    assert f"{DAY}  North ({CLIENT})  quarantined: 1 quarantined" in shown.stdout
    assert f"quarantined {CLIENT}.{DAY}.users.created" in ran.stderr
