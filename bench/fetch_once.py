"""What `ingest run` does to fetch and archive, as a program: `python -m bench.fetch_once`.

It takes the settings of `ingest run` and prints the largest resident size it had, in bytes, and the
seconds from the login on.
"""

import re
import time
from pathlib import Path

from ingest.durable import scratch_folder
from ingest.errors import IngestError
from ingest.fetch import fetch_all
from ingest.ledger import Ledger
from ingest.progress import Silent
from ingest.settings import load_settings, reveal
from ingest.sources import open_source


def main() -> None:
    settings = load_settings("source")
    began = time.monotonic()
    opened = open_source(
        settings.source,
        password=reveal(settings.sftp_password),
        private_key=reveal(settings.sftp_private_key),
        known_hosts=settings.sftp_known_hosts,
    )
    with opened as source, scratch_folder(settings.data) as scratch:
        ledger = Ledger(settings.data / "ledger", run_id="bench")
        failures = fetch_all(
            source, data=settings.data, ledger=ledger, scratch=scratch, progress=Silent()
        )
    if failures:
        raise IngestError(str(failures[0]))
    print(_peak_bytes(), time.monotonic() - began)  # noqa: T201


def _peak_bytes() -> int:
    """Say how large this program was; what its parent was before it, wait4 would count, too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) << 10 if found else 0


if __name__ == "__main__":
    main()
