"""A command that dies at a named step: `python -m tests.chaos.victim STEP WHEN [ARGUMENT]...`.

The product knows nothing of this: the steps are its own functions, wrapped from outside.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from ingest.cli import main

STEPS = {
    "make the scratch folder": "ingest.pipeline.scratch_folder",
    "open the ledger": "ingest.pipeline.Ledger",
    "list the source": "ingest.sources.local.LocalFolder.list_files",
    "open a source file": "ingest.sources.local.LocalFolder.open_file",
    "finish a download": "ingest.incoming.Download.attempt",
    "keep the replaced version": "ingest.archive.link_or_copy",
    "put into the archive": "ingest.archive.move_synced",
    "decrypt": "ingest.openpgp.Keyring.read",
    "ask for a conversion": "ingest.worker.Worker.ask",
    "hear of a conversion": "ingest.worker.Worker.answer",
    "put into the landing": "ingest.concluding.move_all_synced",
    "put into quarantine": "ingest.concluding.put_in_quarantine",
    "write the reason": "ingest.quarantine.put_in_place",
    "leave quarantine": "ingest.concluding.leave_quarantine",
    "write a record": "ingest.ledger.append_durably",
    "sync a folder": "ingest.durable.sync_folder",
}
"""Every step at which something is on its way from one place to another."""
PUBLISH_STEPS = {
    "make the scratch folder of a publish": "ingest.publish.scratch_folder",
    "clear up": "ingest.releases.Releases.clear_up",
    "write a database": "ingest.publish.write_database",
    "write what a release is of": "ingest.publish.write_facts",
    "sync a release": "ingest.releases.sync_file",
    "put a release beside the others": "pathlib.Path.rename",
    "show a release": "pathlib.Path.replace",
    "set an old release aside": "ingest.releases._set_aside",
}
SET_ASIDE_STEPS = {
    "record what is set aside": "ingest.ledger.append_durably",
    "quarantine what is set aside": "ingest.set_aside.put_in_quarantine",
    "take a file out of the landing": "ingest.set_aside.remove_synced",
}
REPAIR_STEPS = {
    "check stored files": "ingest.stored_files.check_files",
    "put what was made anew into the landing": "ingest.remaking.move_all_synced",
    "record what was made anew": "ingest.ledger.append_durably",
}
WHEN = ("before", "after")


def _arm(target: str, *, when: str) -> None:
    """Wrap a function so that its first call is the last thing that happens."""
    owner_path, _, name = target.rpartition(".")
    owner = _resolve(owner_path)
    original: Callable[..., Any] = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, wrapped)


def _resolve(path: str) -> Any:
    module, _, attribute = path.rpartition(".")
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        return getattr(importlib.import_module(module), attribute)


if __name__ == "__main__":
    step, when, *arguments = sys.argv[1:]
    _arm((STEPS | PUBLISH_STEPS | SET_ASIDE_STEPS | REPAIR_STEPS)[step], when=when)
    sys.argv = ["ingest", *(arguments or ["publish" if step in PUBLISH_STEPS else "run"])]
    main()
