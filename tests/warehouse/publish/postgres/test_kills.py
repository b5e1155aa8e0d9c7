"""A publish that is killed at any moment leaves the release that was there."""

import os
import signal
import subprocess
import sys
import time

from ingest.store.durable import SCRATCH
from tests.support.postgres import PASSWORD
from tests.warehouse.publish.postgres.releases import USERS, Served

PUBLISH = """
import sys
from pathlib import Path
from ingest.warehouse.publish.postgres.mirror import mirror_release
from ingest.warehouse.publish.postgres.server import read_target
target = read_target(sys.argv[2], is_full=False, password=sys.argv[3])
mirror_release(Path(sys.argv[1]), target, memory_bytes=10**9)
"""
MANY = 400_000
BEGINS_WITHIN_S = 60
COPIES = """
    select count(*) from pg_stat_activity
    where application_name = 'mx-ingest' and query like 'copy %' and datname = current_database()
"""


def test_a_killed_publish_changes_nothing_and_the_next_one_goes_on(served: Served) -> None:
    served.publish(USERS.format(rows=10))
    number = served.release(USERS.format(rows=MANY))
    command = [sys.executable, "-c", PUBLISH, str(served.data), served.database.url(), PASSWORD]
    with subprocess.Popen(command) as publishing:
        deadline = time.monotonic() + BEGINS_WITHIN_S
        while served.database.ask(COPIES, served.database.publisher) == [(0,)]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(publishing.pid, signal.SIGKILL)

    assert publishing.returncode == -signal.SIGKILL
    assert served.database.ask("select count(*) from main.users") == [(10,)]
    assert served.mirror().release == number
    assert served.database.ask("select count(*), sum(amount) from main.users") == [
        (MANY, sum(range(MANY)))
    ]
    assert not (served.data / SCRATCH).exists()
