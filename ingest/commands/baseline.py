"""`ingest baseline`."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.commands import Json, conclude
from ingest.errors import SettingsError
from ingest.settings import load_settings

if TYPE_CHECKING:
    from ingest.baseline import Wish
    from ingest.ledger_state import LedgerState
    from ingest.openpgp import Keyring
    from ingest.pipeline import Plan
    from ingest.sources import Source


def baseline(
    where: Annotated[str, typer.Argument(help="The folder that holds the files.")],
    date: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], help="Its rows were there before the first event of this day."
        ),
    ],
    client: Annotated[
        str | None, typer.Option(help="Whose it is, if neither names nor the ledger tell.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Land a one-time snapshot: what was there before the events of a day."""
    from ingest.baseline import Wish
    from ingest.baseline_names import client_in
    from ingest.commands.bar import progress_bar
    from ingest.commands.receiver import open_keyring, read_rules
    from ingest.keys import warn_of_expiry
    from ingest.pipeline import run_planned
    from ingest.sources.tree import FolderTree

    if client is not None and client_in(client) != client:
        raise SettingsError(f"--client: expected CLT- and a UUID, found {client!a}")
    settings = load_settings("gnupghome")
    keyring = open_keyring(settings)
    warn_of_expiry(keyring, today=datetime.now(tz=UTC).date())
    wish = Wish(snapshot_date=date.date(), client=client, address=settings.source)
    source = FolderTree(Path(where).expanduser())
    with progress_bar() as progress:
        summary = run_planned(
            partial(_plan, source=source, wish=wish, keyring=keyring),
            data=settings.data,
            keyring=keyring,
            rules=read_rules(settings),
            progress=progress,
        )
    conclude(summary, as_json=as_json)


def _plan(
    state: "LedgerState", scratch: Path, *, source: "Source", wish: "Wish", keyring: "Keyring"
) -> "Plan":
    from ingest.baseline import find_baseline
    from ingest.baseline_header import read_schema
    from ingest.catalogue import read_catalogue
    from ingest.pipeline import Plan

    found = find_baseline(
        source,
        wish,
        state=state,
        columns=read_catalogue().staged_fields(),
        read_schema=partial(read_schema, source, keyring=keyring, scratch=scratch),
    )
    return Plan(source=found.baseline, failures=found.failures, left_alone=found.left_alone)
