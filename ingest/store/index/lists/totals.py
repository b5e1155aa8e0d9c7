"""Lists of clients and resources, and how much has landed of each."""

from datetime import date

from ingest.store.index.lists.ask import ask
from ingest.store.index.state import LedgerState
from ingest.store.index.tables.damage import reads_rows


def known_clients(state: LedgerState) -> set[str]:
    """Give the clients of which anything was ever listed or delivered."""
    query = "select client_guid from clients where exists (select 1 from days where client = id)"
    return {client_guid for (client_guid,) in ask(state, query)}


def known_resources(state: LedgerState) -> set[str]:
    """Give the resources of which anything is known."""
    return {name for (name,) in ask(state, "select name from resources")}


def landed_resources(state: LedgerState, client_guid: str) -> list[str]:
    """Give the resources of which a client's daily files have landed, in their order."""
    query = (
        "select name from resources where exists (select 1 from volumes inner join clients "
        "on clients.id = client where client_guid = ? and resource = resources.id and files > 0) "
        "order by name"
    )
    return [name for (name,) in ask(state, query, client_guid)]


@reads_rows
def volume_rows(
    state: LedgerState, client_guid: str, resource: str, *, since: date
) -> list[tuple[date, int, int]]:
    """Give date, rows and bytes of what landed from a day on, in the order of days."""
    query = (
        "select day, row_count, plain_bytes from volumes where files > 0 "
        "and client = (select id from clients where client_guid = ?) "
        "and resource = (select id from resources where name = ?) and day >= ? order by day"
    )
    rows = ask(state, query, client_guid, resource, since.toordinal())
    return [(date.fromordinal(day), *sums) for day, *sums in rows]


@reads_rows
def landed_days(state: LedgerState) -> dict[str, set[date]]:
    """Give the days on which files of each resource landed."""
    days: dict[str, set[date]] = {}
    for resource, day in ask(state, "select resource, day from landed_days"):
        days.setdefault(resource, set()).add(date.fromordinal(day))
    return days
