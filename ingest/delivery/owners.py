"""The owner that each field of a row names, in all resources.

The YAML of dbt's staging models has the same owners; `tests/delivery/test_owners.py` compares.
"""

from typing import Final

OWNERS: Final = {
    "user_guid": "users",
    "member_guid": "members",
    "account_guid": "accounts",
    "transaction_guid": "transactions",
    "tag_guid": "tags",
    "beat_guid": "beat",
    "discovered_account_guid": "discovered_accounts",
}
OWN_KEY: Final = "guid"
"""The field by which owners are named."""


def keys_of(resource: str) -> dict[str, str]:
    """Give the fields that may name an erased record, each with the resource of that record."""
    return {OWN_KEY: resource} | OWNERS
