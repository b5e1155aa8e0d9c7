"""What is written as YAML is read as the same value, and stands on one line."""

import pytest

from ingest.warehouse.models.yaml_text import as_yaml, read_yaml


@pytest.mark.parametrize(
    "value",
    [
        "null",
        "yes",
        "2026-11-29",
        "1e3",
        "a: b # c",
        "long " * 100,
        {"meta": {"row": "an account", "owners": {"user_guid": "users"}}},
    ],
)
def test_a_value_is_read_as_it_was_written(value: object) -> None:
    text = as_yaml(value)

    assert read_yaml(text) == value
    assert "\n" not in text
