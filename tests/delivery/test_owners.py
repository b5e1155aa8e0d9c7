"""The owners that an erasure follows are those by which tables hide rows."""

from ingest.delivery.owners import OWNERS, keys_of
from ingest.warehouse.models.catalogue import read_catalogue


def test_every_owner_of_a_resource_is_followed() -> None:
    catalogue = read_catalogue()
    resources = catalogue.staged_fields()

    owners = {pair for name in resources for pair in catalogue.owners(name).items()}

    assert owners == {*OWNERS.items()}


def test_a_record_is_known_by_its_own_key_too() -> None:
    assert keys_of("goals") == {"guid": "goals"} | OWNERS
