"""Clients have names by a setting; their GUIDs stay beside them, and files keep their names."""

import pytest

from ingest.errors import SettingsError
from ingest.settings import load_settings
from ingest.settings.client_names import name_clients

ONE, OTHER = (f"CLT-{digit * 8}-1111-4111-8111-111111111111" for digit in "ab")
NAMES = {ONE: "Bank A", OTHER: "Bank B, = north"}


def test_names_are_read_by_client_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MX_CLIENT_NAMES", f" {ONE.upper()} = Bank A ,{OTHER}=B = north,")

    assert load_settings().client_names == {ONE: "Bank A", OTHER: "B = north"}


@pytest.mark.parametrize("value", ["Bank A", "CLT-1=Bank A", f"{ONE}=", f"{ONE}=\x1b[2J"])
def test_anything_else_is_reported(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MX_CLIENT_NAMES", value)

    with pytest.raises(
        SettingsError, match=r"^MX_CLIENT_NAMES: expected CLT-\.\.\.=Name, .* found '"
    ):
        load_settings()


def test_a_name_stands_before_its_guid_and_in_no_path_or_name_of_a_file() -> None:
    files = f"{ONE}.2026-01-02.users.created.avro.pgp {ONE}/2026-01-02 archive/{ONE}"

    assert (
        name_clients(f"2026-01-02  {ONE}: {files}", NAMES) == f"2026-01-02  Bank A ({ONE}): {files}"
    )
    assert name_clients(f"{ONE.replace('a', 'c')}\n{OTHER}", NAMES).endswith(f"north ({OTHER})")
