"""`ingest verify`."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.commands.options import Json
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from ingest.landing.check import Checked

FAILED = 1
REBUILD = "make the tables anew with: just rebuild"


def verify(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Make damaged or absent files of the landing anew from the archive, and no more.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check every stored file; then replay all that has landed, and compare every table."""
    from ingest.warehouse.replay import verify_files

    settings = load_settings(*(["gnupghome"] if repair else []))
    checked = _make_anew(settings) if repair else verify_files(settings.data)
    if not as_json:
        typer.echo(checked.text())
    facts: dict[str, Any] = {"files": checked.facts()}
    told: list[str] = []
    if not repair and checked.is_landing_whole:
        facts |= _compare_tables(settings)
        told = _tell_tables(facts)
    elif not repair:
        told = ["the tables are not compared: make the landing whole first"]
    if as_json or told:
        typer.echo(json.dumps(facts) if as_json else "\n".join(told))
    if checked.damaged or facts.get("differing"):
        raise typer.Exit(FAILED)


def _compare_tables(settings: Settings) -> dict[str, Any]:
    from ingest.warehouse.replay import verify_warehouse

    compared, differing = verify_warehouse(settings.data, memory_bytes=settings.build_memory)
    return {"tables": compared, "differing": [asdict(each) for each in differing]}


def _tell_tables(facts: dict[str, Any]) -> list[str]:
    compared, differing = facts["tables"], facts["differing"]
    told = [
        f"{each['table']}: missing {each['missing']}, extra {each['extra']}" for each in differing
    ]
    told.append(f"{compared - len(differing)} of {compared} tables are what a replay makes")
    return [*told, REBUILD] if differing else told


def _make_anew(settings: Settings) -> "Checked":
    from ingest import pipeline
    from ingest.commands.receiver import open_keyring, read_rules

    return pipeline.make_anew(
        data=settings.data, keyring=open_keyring(settings), rules=read_rules(settings)
    )
