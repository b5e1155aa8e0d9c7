"""A command that dies at a named step: `python -m tests.chaos.victim STEP WHEN [ARGUMENT]...`.

The product knows nothing of this: the steps are its own functions, wrapped from outside.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from ingest.commands.app import main

STEPS = {
    "make the scratch folder": "ingest.pipeline.scratch_folder",
    "open the ledger": "ingest.pipeline.open_ledger",
    "list the source": "ingest.receive.sources.local.LocalFolder.list_files",
    "open a source file": "ingest.receive.sources.local.LocalFolder.open_file",
    "finish a download": "ingest.receive.incoming.Download.attempt",
    "keep the replaced version": "ingest.receive.archive.link_or_copy",
    "put into the archive": "ingest.receive.archive.move_synced",
    "decrypt": "ingest.openpgp.keyring.Keyring.read",
    "ask for a conversion": "ingest.concurrency.Worker.ask",
    "hear of a conversion": "ingest.concurrency.Worker.answer",
    "put into the landing": "ingest.landing.commit.move_all_synced",
    "put into quarantine": "ingest.landing.commit.put_in_quarantine",
    "write the reason": "ingest.store.quarantine.put_in_place",
    "leave quarantine": "ingest.landing.commit.leave_quarantine",
    "write a record": "ingest.store.ledger.append_durably",
    "write the index": "ingest.store.index.tables.database.Index.write_files",
    "sync a folder": "ingest.store.durable.sync_folder",
}
"""Every step at which something is on its way from one place to another."""
PUBLISH_STEPS = {
    "make the scratch folder of a publish": "ingest.warehouse.publish.release.scratch_folder",
    "clear up": "ingest.warehouse.publish.releases_on_disk.Releases.clear_up",
    "write a database": "ingest.warehouse.publish.release.write_database",
    "write what a release is of": "ingest.warehouse.publish.release.write_facts",
    "sync a release": "ingest.warehouse.publish.releases_on_disk.sync_file",
    "put a release beside the others": "pathlib.Path.rename",
    "show a release": "pathlib.Path.replace",
    "set an old release aside": "ingest.warehouse.publish.releases_on_disk._set_aside",
}
SET_ASIDE_STEPS = {
    "record what is set aside": "ingest.store.ledger.append_durably",
    "quarantine what is set aside": "ingest.landing.set_aside.put_in_quarantine",
    "take a file out of the landing": "ingest.landing.set_aside.remove_synced",
}
REPAIR_STEPS = {
    "check stored files": "ingest.landing.stored_files.check_files",
    "put what was made anew into the landing": "ingest.landing.repair.move_all_synced",
    "record what was made anew": "ingest.store.ledger.append_durably",
}
ERASE_STEPS = {
    "make the key of erasures": "ingest.erasure.erase.make_keys",
    "find the rows of a user": "ingest.erasure.request.find_owned",
    "record that an erasure begins": "ingest.erasure.erase.record_begun",
    "write a file anew": "ingest.landing.erased.container.copy_without",
    "put new bytes beside the old ones": "ingest.landing.erased.put_in_archive.move_all_synced",
    "record an erased file": "ingest.landing.erased.put_in_archive._make",
    "replace bytes in the archive": "ingest.landing.erased.put_in_archive.put_in_place",
    "remove replaced bytes": "ingest.landing.erased.put_in_archive.remove_synced",
    "land an erased file": "ingest.landing.commit.move_all_synced",
    "remove a copy in quarantine": "ingest.erasure.rewrite.remove_synced",
    "look at what has not landed": "ingest.erasure.rewrite.kept_files",
    "remove what builds have made": "ingest.erasure.elsewhere.Elsewhere._remove_made",
    "record that an erasure has ended": "ingest.erasure.erase.record_ended",
}
"""Every step of an erasure; the record of a file is written before its move is made."""
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
    _arm((STEPS | PUBLISH_STEPS | SET_ASIDE_STEPS | REPAIR_STEPS | ERASE_STEPS)[step], when=when)
    sys.argv = ["ingest", *(arguments or ["publish" if step in PUBLISH_STEPS else "run"])]
    main()
