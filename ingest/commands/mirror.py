"""`ingest mirror`: copy landing, ledger and archive to object storage, and bring them back."""

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ingest.commands.exit_codes import FAILED, INCOMPLETE
from ingest.commands.options import Json
from ingest.errors import IngestError, MirrorError, SettingsError, one_line
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from ingest.mirror.restore import Restored
    from ingest.mirror.send_all import Copied
    from ingest.mirror.storage.bucket import Bucket
    from ingest.mirror.verify import Verified


Url = Annotated[
    str,
    typer.Argument(
        metavar="URL",
        help="s3://bucket/prefix, gs://bucket/prefix or az://container/prefix. "
        "Without it: MX_MIRROR.",
    ),
]
Only = Annotated[
    Literal["archive"] | None,
    typer.Option(
        "--only", help="Copy archive and ledger, and keep the landing at home: it is plaintext."
    ),
]
Restore = Annotated[
    bool,
    typer.Option(
        "--restore", help="Bring the mirror back into an empty data folder, and own it then."
    ),
]
KeepOwner = Annotated[
    bool,
    typer.Option(
        "--keep-owner", help="With --restore: only rehearse, and write nothing to the mirror."
    ),
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Read the mirror again, and compare every object's hash.")
]


def mirror(
    url: Url = "",
    only: Only = None,
    restore: Restore = False,
    keep_owner: KeepOwner = False,
    verify: Verify = False,
    as_json: Json = False,
) -> None:
    """Copy landing, ledger and archive to object storage, or back with --restore."""
    if restore and verify:
        raise SettingsError("--restore: expected without --verify, found both")
    settings = load_settings(*(["gnupghome"] if restore else []))
    if keep_owner and not restore:
        raise SettingsError("--keep-owner: expected with --restore, found without")
    if only and restore:
        raise SettingsError("--only: expected without --restore, found both")
    done: Copied | Restored | Verified
    if restore:
        done = _restore(settings, url, keeps_owner=keep_owner)
    elif verify:
        done = _verify(settings, url, only=only or settings.mirror_only)
    else:
        done = _mirror(settings, url, only=only or settings.mirror_only)
    typer.echo(json.dumps(done.facts()) if as_json else done.text())
    if done.is_incomplete:
        raise typer.Exit(FAILED if verify else INCOMPLETE)


def _verify(settings: Settings, url: str, *, only: str) -> "Verified":
    from ingest.commands.console import progress_bar
    from ingest.mirror.verify import verify_mirror

    with progress_bar() as progress:
        bucket = open_bucket(settings, url=url)
        return verify_mirror(settings.data, bucket, only=only, progress=progress)


def _mirror(settings: Settings, url: str, *, only: str) -> "Copied":
    from ingest.commands.console import progress_bar
    from ingest.mirror.send_all import mirror_data
    from ingest.status.runs import recording_failure

    # a record would make an empty data folder one that cannot be restored into
    data = settings.data if (settings.data / "ledger").is_dir() else None
    with recording_failure("mirror", data=data), progress_bar() as progress:
        bucket = open_bucket(settings, url=url)
        return mirror_data(settings.data, bucket, only=only, progress=progress)


def _restore(settings: Settings, url: str, *, keeps_owner: bool) -> "Restored":
    from ingest.commands.console import progress_bar
    from ingest.commands.receiver import open_checked_keyring, read_rules
    from ingest.mirror.restore import restore

    bucket, keyring = open_bucket(settings, url=url), open_checked_keyring(settings)
    with progress_bar() as progress:
        return restore(
            settings.data,
            bucket,
            keyring=keyring,
            rules=read_rules(settings),
            keeps_owner=keeps_owner,
            progress=progress,
        )


def open_bucket(settings: Settings, *, url: str = "") -> "Bucket":
    """Open the mirror by its URL, else by the settings.

    Raises:
        SettingsError: the address is missing or malformed.
        MirrorError: the environment lacks what the storage needs.
    """
    from ingest.mirror.storage.address import parse_address

    if not (url or settings.mirror):
        raise SettingsError(
            "MX_MIRROR: expected in the environment or .env, or as s3://bucket/prefix after "
            "ingest mirror, found nothing; see .env.example"
        )
    address = parse_address(
        url or settings.mirror,
        endpoint=settings.mirror_endpoint,
        encryption=settings.mirror_encryption,
    )
    # obstore takes time to import, which a malformed address need not wait for
    from ingest.mirror.storage.bucket import Bucket

    return Bucket(address)


def mirror_after_run(settings: Settings, bucket: "Bucket | None") -> "Copied | MirrorError | None":
    """Mirror what a run has landed, if a mirror is set; the run's record says if that failed."""
    if bucket is None:
        return None
    from ingest.mirror.send_all import mirror_data
    from ingest.status.runs import recording_failure

    try:
        with recording_failure("run", data=settings.data):
            return mirror_data(settings.data, bucket, only=settings.mirror_only)
    except (IngestError, OSError) as error:
        return MirrorError(f"all files are landed, and the mirror is behind: {one_line(error)}")
