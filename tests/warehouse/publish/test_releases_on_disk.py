"""How long releases stay, how one goes back, and who may open them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import PublishError
from ingest.warehouse.publish.outcome import Outcome
from ingest.warehouse.publish.release import publish, publish_locked, roll_back
from tests.warehouse.publish.warehouse import (
    ask_elsewhere,
    build_again,
    names_in,
    served,
    serving,
    users,
)


def publish_again(data: Path) -> object:
    return publish(data, serving=serving())


def modes(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if not path.is_symlink())
    return {
        path.relative_to(folder).as_posix(): oct(path.stat().st_mode & 0o7777) for path in paths
    }


def test_a_rollback_goes_back_and_the_next_publish_forward(small: Path) -> None:
    for build in "123":
        build_again(small, build)
        publish(small, serving=serving())

    back = [roll_back(small) for _ in range(2)]
    is_held = publish_locked(small, serving=serving(), is_asked=False)
    seen = ask_elsewhere(small)
    forward = publish(small, serving=serving())

    assert [each.release for each in back] == [2, 1]
    assert back[0].text().startswith("rolled back from release 3 to 2; ")
    assert (is_held.outcome, is_held.release, seen) == (Outcome.HELD, 1, "U1")
    assert (forward.outcome, forward.release) == (Outcome.SHOWN_AGAIN, 3)
    assert ask_elsewhere(small) == "U3"


def test_a_rollback_passes_over_what_was_gone_back_from(small: Path) -> None:
    for build in "12":
        build_again(small, build)
        publish(small, serving=serving())
    roll_back(small)
    build_again(small, "3")
    publish(small, serving=serving())

    assert roll_back(small).release == 1
    with pytest.raises(PublishError, match="expected a release before the current one"):
        roll_back(small)


def test_before_the_first_release_there_is_nothing_to_go_back_to(small: Path) -> None:
    with pytest.raises(PublishError, match=r"found none; MX_KEEP_RELEASES"):
        roll_back(small)


def test_old_releases_go_and_a_reader_ends_on_the_one_it_holds(small: Path) -> None:
    publish(small, serving=serving(keep=2))
    with served(small) as held:
        for build in "234":
            build_again(small, build)
            publish(small, serving=serving(keep=2))

        assert users(held) == ["U1"]
    assert names_in(small / "serve" / "releases") == ["3", "4"]


def test_a_release_that_someone_removed_keeps_its_number(small: Path) -> None:
    publish(small, serving=serving())
    (small / "serve" / "releases" / "1").rename(small / "elsewhere")

    assert publish(small, serving=serving()).release == 2


@pytest.mark.parametrize("there", ["a word", "a file", "a folder"])
@pytest.mark.parametrize("ask", [publish_again, roll_back])
def test_what_readers_see_must_be_a_link_to_a_release(
    small: Path, there: str, ask: Callable[[Path], object]
) -> None:
    publish(small, serving=serving())
    link = small / "serve" / "current"
    link.unlink()
    match there:
        case "a word":
            link.symlink_to("elsewhere")
        case "a file":
            link.touch()
        case "a folder":
            link.mkdir()

    with pytest.raises(PublishError, match=r"current: expected a link to a release, found .*; rem"):
        ask(small)
    link.rmdir() if there == "a folder" else link.unlink()

    assert publish(small, serving=serving()).release == 1
    assert ask_elsewhere(small) == "U1"


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', "\x00\x01"])
def test_a_release_whose_facts_are_no_json_is_told_with_the_next_step(
    small: Path, text: str
) -> None:
    publish(small, serving=serving())
    facts = small / "serve" / "releases" / "1" / "release.json"
    facts.write_text(text)

    with pytest.raises(PublishError, match="found no JSON object; remove the file, and"):
        publish(small, serving=serving())
    facts.unlink()

    assert publish(small, serving=serving()).release == 2


@pytest.mark.parametrize("text", [None, "{}", "{"])
def test_nobody_goes_back_to_a_release_of_which_nothing_is_known(
    small: Path, text: str | None
) -> None:
    for build in "12":
        build_again(small, build)
        publish(small, serving=serving())
    facts = small / "serve" / "releases" / "1" / "release.json"
    facts.write_text(text) if text is not None else facts.unlink()

    with pytest.raises(PublishError, match="expected what release 1 holds, found no"):
        roll_back(small)

    assert ask_elsewhere(small) == "U2"
    assert publish(small, serving=serving()).outcome == Outcome.UNCHANGED


def test_a_link_that_points_nowhere_makes_way_for_a_new_release(small: Path) -> None:
    publish(small, serving=serving())
    link = small / "serve" / "current"
    link.unlink()
    link.symlink_to("releases/7")

    assert publish(small, serving=serving()).release == 8
    assert ask_elsewhere(small) == "U1"


def test_files_and_folders_have_their_modes_whatever_the_umask(small: Path) -> None:
    before = os.umask(0o000)
    try:
        (small / "warehouse.duckdb").chmod(0o644)
        publish(small, serving=serving())
    finally:
        os.umask(before)

    assert modes(small / "serve") == {
        "releases": "0o711",
        "releases/1": "0o711",
        "releases/1/release.json": "0o600",
        "releases/1/warehouse.duckdb": "0o640",
        "releases/1/warehouse_masked.duckdb": "0o644",
    }
    assert oct(small.stat().st_mode & 0o777) == "0o711"
    assert oct((small / "warehouse.duckdb").stat().st_mode & 0o777) == "0o600"


def test_a_release_takes_the_group_of_the_folder_of_releases(small: Path) -> None:
    publish(small, serving=serving())
    releases = small / "serve" / "releases"
    releases.chmod(0o2711)
    build_again(small, "2")

    publish(small, serving=serving())

    assert oct(releases.stat().st_mode & 0o7777) == "0o2711"
