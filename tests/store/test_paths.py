"""Where files lie in the data folder, and which file lies at a path."""

from ingest.store.paths import key_at
from tests.support.sender import CLIENT, DAY

LANDED = f"landing/resource=users/event=created/date={DAY}/{CLIENT}.parquet"


def test_a_path_tells_which_file_lands_there() -> None:
    for path in ("", LANDED.replace("=", ""), LANDED.replace(DAY, "2026-13-01"), f"x{LANDED}"):
        assert key_at(path) is None
    assert key_at(LANDED.replace(".parquet", ".0002.parquet")) is None
    assert key_at(LANDED) == key_at(f"./{LANDED}") is not None
