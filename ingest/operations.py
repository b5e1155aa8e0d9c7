"""The operations on landed and rejected files; no source is asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.landing.check_file import Verifier
from ingest.landing.decide import Rules
from ingest.landing.set_aside import set_aside
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import SILENT, Run, alone, land_all
from ingest.status.lookup import find_landed, find_quarantined, find_subjects
from ingest.status.runs import Progress, Summary
from ingest.store.facts import What

if TYPE_CHECKING:
    from ingest.landing.stored_files import Checked


def release(
    names: Sequence[str] = (),
    *,
    data: Path,
    keyring: Keyring,
    rules: Rules,
    progress: Progress = SILENT,
) -> Summary:
    """Check again what is in quarantine, all or the named, and land what passes; ask no source.

    A file that was set aside is checked only by its name.

    Raises:
        LockError, KeyringError: as with a run.
        UnknownNameError: nothing of a name is in quarantine; then nothing is checked.
    """
    with alone(data, rules=rules, command="release") as this:
        named = frozenset(find_quarantined(name, state=this.ledger.state) for name in names)
        again = replace(rules, released=named, recheck_quarantine=not names)
        land_all(this, data=data, keyring=keyring, rules=again, progress=progress)
    return this.summary


def make_anew(*, data: Path, keyring: Keyring, rules: Rules) -> "Checked":
    """Repair damaged or absent files of the landing from the archive; ask no source.

    Returns:
        The damage that is left in landing and archive.

    Raises:
        LockError, KeyringError: as with a run.
    """
    # DuckDB takes long to import, which a run need not wait for
    from ingest.landing.stored_files import check_files

    with alone(data, rules=rules, command="verify") as this:
        this.ledger.flush()
        checked = check_files(data, this.ledger.state, now=datetime.now(tz=UTC))
        return repair(this, checked, data=data, keyring=keyring, rules=rules)


def repair(
    this: Run, checked: "Checked", *, data: Path, keyring: Keyring, rules: Rules
) -> "Checked":
    """Repair damaged files of the landing, for who holds the data folder; return what is left."""
    from ingest.landing.repair import Repair

    verifier = Verifier(
        scratch=this.scratch,
        keyring=keyring,
        converters=this.converters,
        max_plain_bytes=rules.max_plain_bytes,
        memory_bytes=rules.memory_bytes,
    )
    with keyring.unlocking():
        return Repair(data=data, ledger=this.ledger, verifier=verifier).repair_all(checked)


def give_up(names: list[str], *, data: Path, rules: Rules) -> Summary:
    """Record of files, days or clients that nothing more of them will come.

    Raises:
        LockError: as with a run.
        UnknownNameError: nothing of that name is known; then nothing is recorded.
    """
    with alone(data, rules=rules, command="release") as this:
        subjects = [find_subjects(name, state=this.ledger.state) for name in names]
        for facts in (each for found in subjects for each in found):
            this.ledger.append(What.GIVEN_UP, None, **facts)
    return this.summary


def set_files_aside(names: Sequence[str], *, data: Path, rules: Rules) -> Summary:
    """Take landed files out of the landing, into quarantine, where they stay.

    Raises:
        LockError, UnknownNameError: as with `give_up`; then no file is set aside.
    """
    with alone(data, rules=rules, command="release") as this:
        for key in [find_landed(name, state=this.ledger.state) for name in names]:
            set_aside(key, data=data, ledger=this.ledger, scratch=this.scratch)
    return this.summary
