"""Files are fetched by their URLs, and neither the key nor a query goes elsewhere."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.delivery.baseline import may_be_data
from ingest.errors import SettingsError, SourceError
from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.operations import set_files_aside
from ingest.pipeline import Plan, run_planned
from ingest.receive.baseline import Wish, find_baseline
from ingest.receive.sources import PLAIN_HTTPS
from ingest.receive.sources.https.urls import UrlList, name_urls, open_urls, parse_urls
from ingest.status.runs import Summary
from ingest.store.index.state import LedgerState
from tests.support.sender import CLIENT, avro_bytes, users
from tests.support.served import Served

KEY = "a key that one host may see"
RULES = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)


@contextmanager
def opened(where: str, text: bytes | None = None, *, address: str = "") -> Iterator[UrlList]:
    with open_urls(where, text, api_key=KEY, address=address, https=PLAIN_HTTPS) as urls:
        yield urls


@pytest.mark.parametrize(
    "text",
    [
        b'["https://a/1?sig=x", "https://a/2"]',
        b'{"snapshot_file_urls": ["https://a/1?sig=x", "https://a/2"]}',
        b"https://a/1?sig=x\r\n\r\nhttps://a/2\n",
        b"\xef\xbb\xbfhttps://a/1?sig=x\nhttps://a/2\nhttps://a/2",
    ],
)
def test_a_list_is_json_or_lines(text: bytes) -> None:
    assert parse_urls(text) == ["https://a/1?sig=x", "https://a/2"]


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"[1]", b'["x"', b"\xff", b"users.avro", b'{"a": [], "b": []}', b"ftp://a/1"],
)
def test_what_is_no_list_is_said_on_a_line(text: bytes) -> None:
    with pytest.raises(SourceError, match="expected a JSON array of URLs, or one a line"):
        parse_urls(text)


@pytest.mark.parametrize("url", ["http://example.com/1", "https://user:secret@example.com/1"])
def test_an_address_that_sends_secrets_in_the_clear_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="list of URLs: expected") as refused:
        parse_urls(f"{url}?sig=secret".encode())

    assert "secret" not in str(refused.value)


def test_a_file_is_named_by_its_path() -> None:
    urls = ["https://a/snapshot/users%201?sig=x", "https://a/f?id=1", "https://a/f?id=2"]

    first, second, third = names = list(name_urls(urls))

    assert first == "snapshot/users 1"
    assert second != third
    assert second.endswith("/f")
    assert not any("id=" in name or "sig" in name for name in names)


def test_the_key_goes_to_the_host_of_the_source_alone(served: Served, host: str) -> None:
    with Served().serve() as address:
        served.bodies = {"/1?sig=x": b"body"}
        with opened("list", f"{host}/1?sig=x".encode(), address=f"{address}/download/x") as urls:
            assert read(urls) == {"1": b"body"}
        with opened("list", f"{host}/1?sig=x".encode(), address=f"{host}/download/x") as urls:
            read(urls)

    assert served.asked == [("/1?sig=x", None), ("/1?sig=x", KEY)]


def test_an_address_answers_with_the_list(served: Served, host: str) -> None:
    served.bodies = {
        "/list?token=x": json.dumps([f"{host}/users?sig=x"]).encode(),
        "/users?sig=x": b"u",
    }

    with opened(f"{host}/list?token=x", address=host) as urls:
        assert read(urls) == {"users": b"u"}


@pytest.mark.parametrize("status", [301, 401, 403, 404, 410, 500])
def test_no_message_holds_a_query(served: Served, host: str, status: int) -> None:
    served.bodies, served.status = {"/users?sig=secret": b""}, status

    with (
        opened("list", f"{host}/users?sig=secret".encode()) as urls,
        pytest.raises(SourceError, match="the file 'users'") as refused,
    ):
        read(urls)
    assert "secret" not in str(refused.value)


def read(urls: UrlList) -> dict[str, bytes]:
    found = {}
    for listed in urls.list_files():
        with urls.open_file(listed.name, offset=0) as stream:
            found[listed.name] = stream.read(1 << 20)
    return found


@pytest.fixture
def take(served: Served, host: str, data: Path, keyring: Keyring) -> Callable[[], Summary]:
    """Do what `ingest baseline` does with the URLs of all that is served."""
    wish = Wish(snapshot_date=date(2026, 1, 2), client=CLIENT, address="")

    def take_once() -> Summary:
        with opened("list", "\n".join(f"{host}{path}" for path in served.bodies).encode()) as urls:

            def plan(state: LedgerState, _scratch: Path) -> Plan:
                found = find_baseline(
                    urls,
                    wish,
                    state=state,
                    columns={"users": (), "tags": ()},
                    is_data=may_be_data,
                    read_schema=lambda _: None,
                )
                return Plan(source=found.baseline, failures=found.failures)

            return run_planned(plan, data=data, keyring=keyring, rules=RULES)

    return take_once


def test_a_damaged_file_is_asked_for_again_and_no_other(
    served: Served, take: Callable[[], Summary]
) -> None:
    """A list of URLs has neither sizes nor times, so nothing else shows that a copy is new."""
    served.bodies = {"/users": avro_bytes(users("a")), "/tags": avro_bytes(users("t"))[:-1]}

    first = take()
    served.bodies["/tags"] = avro_bytes(users("t"))
    second, third = take(), take()

    assert [each.files_landed for each in (first, second, third)] == [1, 1, 0]
    assert [each.alarms for each in (first, second, third)] == [1, 0, 0]
    asked = [path for path, _ in served.asked]
    assert (asked.count("/users"), asked.count("/tags")) == (1, 2)


def test_what_was_set_aside_is_asked_for_again_and_lands_once_it_is_another(
    served: Served, take: Callable[[], Summary], data: Path
) -> None:
    served.bodies = {"/users": avro_bytes(users("a")), "/tags": avro_bytes(users("t"))}
    take()
    set_files_aside([f"{CLIENT}.2026-01-02.tags.baseline"], data=data, rules=RULES)

    same = take()
    served.bodies["/tags"] = avro_bytes(users("better"))
    other, again = take(), take()

    assert [each.files_landed for each in (same, other, again)] == [0, 1, 0]
    assert [each.alarms for each in (same, other, again)] == [1, 0, 0]
    asked = [path for path, _ in served.asked]
    assert (asked.count("/users"), asked.count("/tags")) == (1, 3)
