"""A baseline's file is of a client and a resource where its name or schema leaves no doubt."""

from typing import Any

import pytest

from ingest.delivery.baseline import (
    client_in,
    is_data_file,
    may_be_data,
    resource_in_name,
    resource_in_schema,
)
from tests.support.sender import CLIENT

OTHER = "CLT-11111111-2222-3333-4444-555555555555"
COLUMNS = {
    "users": {"guid", "email", "first_name", "last_name"},
    "accounts": {"guid", "balance", "name", "user_guid"},
    "beat": {"guid", "title"},
    "beat_feedback": {"guid", "rating"},
}


@pytest.mark.parametrize(
    ("name", "is_data", "may_be"),
    [
        ("users.avro", True, True),
        ("below/USERS.AVRO.PGP", True, True),
        ("users", False, True),
        ("manifest.csv.pgp", False, False),
        ("README.pgp", False, False),
        (".users.avro", False, False),
        ("users.avro.sha256", False, False),
    ],
)
def test_a_file_may_hold_data_by_its_name(name: str, is_data: bool, may_be: bool) -> None:
    assert (is_data_file(name), may_be_data(name)) == (is_data, may_be)


@pytest.mark.parametrize(
    ("text", "client"),
    [
        (f"a/{CLIENT.upper()}/users.avro", CLIENT),
        (f"{CLIENT}/{CLIENT}.users.avro", CLIENT),
        (f"{CLIENT}/{OTHER}.users.avro", None),
        ("users.avro", None),
    ],
)
def test_a_client_is_the_only_one_in_a_text(text: str, client: str | None) -> None:
    assert client_in(text) == client


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("users.avro", "users"),
        ("users/part-0001.avro", "users"),
        ("accounts/users_1.avro", "users"),
        ("BeatFeedback.avro", "beat_feedback"),
        ("users-and-accounts.avro", None),
        ("users-and-accounts/users.avro", "users"),
        ("superusers.avro", None),
    ],
)
def test_a_resource_is_a_separate_word_of_a_name(name: str, resource: str | None) -> None:
    assert resource_in_name(name, known=COLUMNS) == resource


def schema(name: str, *fields: str) -> dict[str, Any]:
    return {"name": name, "fields": [{"name": field, "type": "string"} for field in fields]}


@pytest.mark.parametrize(
    ("described", "resource"),
    [
        (schema("com.example.User"), "users"),
        (schema("beatFeedback"), "beat_feedback"),
        (schema("row", "guid", "EMAIL", "first_name"), "users"),
        (schema("row", "guid"), None),
        (schema("row", "guid", "a", "b", "c"), None),
        ("string", None),
    ],
    ids=str,
)
def test_a_resource_is_found_in_a_schema(described: Any, resource: str | None) -> None:
    assert resource_in_schema(described, columns=COLUMNS) == resource
