"""`ingest verify`: check stored files and tables, and repair files."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.commands.exit_codes import FAILED
from ingest.commands.options import Json
from ingest.settings import Settings, load_settings
from ingest.warehouse.dbt import BUILD_COMMAND

if TYPE_CHECKING:
    from ingest.landing.stored_files import Checked

REBUILD = f"rebuild the tables with: {BUILD_COMMAND} --full-refresh"
BUILD_FIRST = (
    f"landed files wait for a build, and the replay has them; build first: {BUILD_COMMAND}"
)


def verify(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Only land damaged or missing files again, from the archive.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check every stored file, and compare all tables with a replay.

    A replay builds the tables again from all landed files, in a temporary warehouse.
    """
    from ingest.warehouse.replay import verify_files

    settings = load_settings(*(["gnupghome"] if repair else []))
    checked = _land_again(settings) if repair else verify_files(settings.data)
    if not as_json:
        typer.echo(checked.text())
    facts: dict[str, Any] = {"files": checked.facts()}
    lines: list[str] = []
    if not repair and checked.is_landing_whole:
        facts |= _compare_tables(settings)
        lines = _describe_tables(facts)
    elif not repair:
        lines = ["the tables are not compared: complete the landing first"]
    if as_json or lines:
        typer.echo(json.dumps(facts) if as_json else "\n".join(lines))
    if checked.damaged or facts.get("differing"):
        raise typer.Exit(FAILED)


def _compare_tables(settings: Settings) -> dict[str, Any]:
    from ingest.warehouse.readers import read_served
    from ingest.warehouse.replay import verify_warehouse

    compared, differing = verify_warehouse(settings.data, memory_bytes=settings.build_memory)
    return {
        "tables": compared,
        "differing": [asdict(each) for each in differing],
        "files_to_build": read_served(settings.data, landed_files=0).files_to_build,
    }


def _describe_tables(facts: dict[str, Any]) -> list[str]:
    compared, differing = facts["tables"], facts["differing"]
    lines = [
        f"{each['table']}: missing {each['missing']}, extra {each['extra']}" for each in differing
    ]
    lines.append(f"{compared - len(differing)} of {compared} tables equal a replay")
    waiting = facts["files_to_build"]
    next_step = f"{waiting:,} {BUILD_FIRST}" if waiting else REBUILD
    return [*lines, next_step] if differing else lines


def _land_again(settings: Settings) -> "Checked":
    from ingest import operations
    from ingest.commands.receiver import open_keyring, read_rules

    return operations.make_anew(
        data=settings.data, keyring=open_keyring(settings), rules=read_rules(settings)
    )
