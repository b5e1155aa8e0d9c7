"""Two days on which records of a client come, go and are closed."""

import pyarrow as pa

from tests.dbt_project.landing import Landing, daily_file

BANK = "CLT-00000000-0000-0000-0000-000000000003"
ACCOUNTS: dict[tuple[str, int], dict[str, bool | None]] = {
    ("created", 1): {"open": False, "untold": None, "closed": True, "gone": False},
    ("baseline", 2): {"known before": True, "open": False},
    ("updated", 2): {"open": True, "untold": True, "closed": True, "old": True},
    ("deleted", 2): {"gone": None, "never seen": None},
    ("updated", 3): {"open": False, "gone": False},
    ("deleted", 3): {"gone": None},
    ("baseline", 4): {"gone": False},
    ("updated", 4): {"open": True, "gone": False},
    ("deleted", 5): {"gone": None},
    ("deleted", 6): {"gone": None},
}
CHANGES = [
    # day, created, first_seen, returned, deleted, closed
    (1, 4, 0, 0, 0, 0),
    (2, 0, 2, 0, 1, 2),
    (3, 0, 0, 1, 1, 0),
    (4, 0, 0, 1, 0, 1),
    (5, 0, 0, 0, 1, 0),
]


def land(landing: Landing) -> None:
    """Land the accounts of the bank."""
    schema = {"guid": pa.string(), "is_closed": pa.bool_()}
    for (event, day), accounts in ACCOUNTS.items():
        rows = [{"guid": guid, "is_closed": is_closed} for guid, is_closed in accounts.items()]
        landing.land(daily_file(f"accounts.{event}", day=day, client=BANK), rows, schema=schema)
