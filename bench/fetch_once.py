"""Fetch and archive as `ingest run` does, as a program: `python -m bench.fetch_once`.

It takes the settings of `ingest run`. It prints its largest resident size in bytes, and the seconds
since the login.
"""

import re
import time
from pathlib import Path
from typing import NoReturn

from ingest.commands.receiver import open_configured_source
from ingest.errors import IngestError
from ingest.receive.fetch import fetch_all
from ingest.settings import load_settings
from ingest.status.runs import Silent
from ingest.store.durable import scratch_folder
from ingest.store.ledger import open_ledger


def main() -> None:
    settings = load_settings("source")
    began = time.monotonic()
    with (
        open_configured_source(settings) as source,
        scratch_folder(settings.data) as scratch,
        open_ledger(settings.data / "ledger", run_id="bench") as ledger,
    ):
        failures = fetch_all(
            source,
            data=settings.data,
            ledger=ledger,
            scratch=scratch,
            encrypt=_encrypt,
            progress=Silent(),
        )
    if failures:
        raise IngestError(str(failures[0]))
    print(_peak_bytes(), time.monotonic() - began)  # noqa: T201 - the answer


def _encrypt(path: Path, _is_packed: bool) -> NoReturn:
    raise IngestError(f"{path}: expected ciphertext, found a file in the clear")


def _peak_bytes() -> int:
    """Say how large this program was; what its parent was before it, wait4 would count, too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) << 10 if found else 0


if __name__ == "__main__":
    main()
