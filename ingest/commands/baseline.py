"""`ingest baseline`: land a one-time snapshot."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.commands.exit_codes import conclude
from ingest.commands.options import Json, date_option
from ingest.delivery.names import AHEAD, EARLIEST, is_plausible, spell_client
from ingest.errors import SettingsError, SourceError
from ingest.settings import Settings, load_settings, reveal

if TYPE_CHECKING:
    from ingest.openpgp.keyring import Keyring
    from ingest.pipeline import Plan
    from ingest.receive.baseline import Wish
    from ingest.receive.sources import Source
    from ingest.store.index.state import LedgerState

ADDRESSES = ("https://", "http://")

Where = Annotated[
    str,
    typer.Argument(
        metavar="WHERE",
        help="A folder of files; or a file of their URLs, as a JSON array or one a line; or an "
        "https address that answers with such an array.",
    ),
]
Day = Annotated[datetime, date_option("The rows existed before the first event of this day.")]
Client = Annotated[
    str | None,
    typer.Option(
        metavar="CLIENT", help="The client, if neither file names nor the ledger name it."
    ),
]


def baseline(where: Where, date: Day, client: Client = None, as_json: Json = False) -> None:
    """Land a one-time snapshot: the rows from before a day's events."""
    from ingest.commands.console import name_clients_in_logs, progress_bar
    from ingest.commands.receiver import open_checked_keyring, read_rules
    from ingest.delivery.baseline import is_data_file, may_be_data
    from ingest.openpgp.receiver_key import warn_of_expiry
    from ingest.pipeline import run_planned
    from ingest.receive.baseline import Wish
    from ingest.status.runs import recording_failure

    today = datetime.now(tz=UTC).date()
    _check_options(date.date(), client, today=today)
    settings = load_settings("gnupghome")
    name_clients_in_logs(settings.client_names)
    with recording_failure("baseline", data=settings.data):
        keyring = open_checked_keyring(settings)
    warn_of_expiry(keyring.home, today=today)
    wish = Wish(
        snapshot_date=date.date(),
        client=client and spell_client(client),
        address=settings.source,
    )
    is_data = is_data_file if Path(where).expanduser().is_dir() else may_be_data
    with _open_files(where, settings) as source, progress_bar() as progress:
        summary = run_planned(
            partial(_plan, source=source, wish=wish, keyring=keyring, is_data=is_data),
            data=settings.data,
            keyring=keyring,
            rules=read_rules(settings),
            progress=progress,
        )
    conclude(summary, as_json=as_json)


def _check_options(day: date, client: str | None, *, today: date) -> None:
    from ingest.delivery.baseline import client_in

    if client is not None and client_in(client) != spell_client(client):
        raise SettingsError(f"--client: expected CLT- and a UUID, found {client!a}")
    if not is_plausible(day, on=today):
        raise SettingsError(
            f"--date: expected a day from {EARLIEST} to {today + AHEAD}, found {day}"
        )


@contextmanager
def _open_files(where: str, settings: Settings) -> Iterator["Source"]:
    from ingest.commands.receiver import read_https
    from ingest.receive.sources.local import FolderTree

    path, is_address = Path(where).expanduser(), where.startswith(ADDRESSES)
    if not is_address and not path.is_file():
        yield FolderTree(path)
        return
    # httpx is slow to import, and a folder does not need it
    from ingest.receive.sources.https.urls import open_urls

    try:
        text = None if is_address else path.read_bytes()
    except OSError as error:
        raise SourceError(f"{where}: expected a list of URLs, found {error.strerror}") from error
    with open_urls(
        where,
        text,
        api_key=reveal(settings.api_key),
        address=settings.source,
        https=read_https(settings),
    ) as urls:
        yield urls


def _plan(
    state: "LedgerState",
    scratch: Path,
    *,
    source: "Source",
    wish: "Wish",
    keyring: "Keyring",
    is_data: Callable[[str], bool],
) -> "Plan":
    from ingest.pipeline import Plan
    from ingest.receive.baseline import find_baseline
    from ingest.receive.baseline_header import read_schema
    from ingest.warehouse.models.catalogue import read_catalogue

    found = find_baseline(
        source,
        wish,
        state=state,
        columns=read_catalogue().staged_fields(),
        is_data=is_data,
        read_schema=partial(read_schema, source, keyring=keyring, scratch=scratch),
    )
    return Plan(source=found.baseline, failures=found.failures, left_alone=found.left_alone)
