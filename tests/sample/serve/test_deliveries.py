"""The list shows the files of the manifests for a week."""

import hashlib
from datetime import timedelta

from sample.serve.reporting_api import FILE_TYPE, serve_reporting_api
from tests.sample.api_client import (
    KEY,
    Client,
    client_guid,
    client_of,
    midnight,
    path_of,
    served,
)
from tests.sample.conftest import DAYS, START, SmallWorld


def test_the_list_has_size_and_checksum_of_every_plain_file(
    client: Client, small_world: SmallWorld
) -> None:
    listed = client.list_files(client_guid(small_world))

    assert len(listed) == small_world.summary.files
    assert len({each["guid"] for each in listed}) == len(listed)
    for each in listed[:: len(listed) // 7]:
        plain = small_world.plain(f"{each['name']}.avro.pgp")
        *_, resource, event = each["name"].split(".")
        assert each["guid"].startswith("SLF-")
        assert (each["file_size"], each["checksum"]) == (
            len(plain),
            hashlib.sha256(plain).hexdigest(),
        )
        assert (each["resource_type"], each["event_type"]) == (resource.upper(), event.upper())
    assert sum(each["number_of_records"] for each in listed) == small_world.summary.rows
    assert {tuple(sorted(each)) for each in listed} == {
        (
            "checksum",
            "event_type",
            "file_size",
            "guid",
            "name",
            "number_of_records",
            "resource_type",
        )
    }


def test_the_list_is_the_same_for_every_server(client: Client, small_world: SmallWorld) -> None:
    with (
        served(small_world) as other,
        client_of(other) as other_client,
    ):
        guid = client_guid(small_world)
        assert other_client.list_files(guid) == client.list_files(guid)


def test_a_day_is_gone_eight_days_later(small_world: SmallWorld) -> None:
    moment = [midnight(START + timedelta(days=8)) - timedelta(seconds=1)]
    guid, path = client_guid(small_world), path_of(small_world, day=START)
    with (
        serve_reporting_api(
            small_world.folder,
            keyring=small_world.keyring,
            api_key=KEY,
            now=lambda: moment[0],
        ) as at,
        client_of(at) as client,
    ):
        in_time, listed = client.get(path, Accept=FILE_TYPE), client.list_files(guid)
        moment[0] += timedelta(seconds=1)
        late, listed_late = client.get(path, Accept=FILE_TYPE), client.list_files(guid)
        moment[0] += timedelta(days=DAYS)
        nothing_left = client.list_files(guid)

    first = {each["name"] for each in listed if str(START) in each["name"]}
    assert (in_time.status, late.status) == (200, 410)
    assert first
    assert {each["name"] for each in listed} - first == {each["name"] for each in listed_late}
    assert nothing_left == []
