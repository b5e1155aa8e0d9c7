"""`ingest release` takes names, and says on one line what it does not know."""

import json

import pytest

from tests.commands.conftest import Cli
from tests.support.sender import CLIENT, DAY, Sender


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
