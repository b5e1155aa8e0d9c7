"""`just bench`: a benchmark prints a table; with --keep docs/performance.md has it, too."""

import subprocess
import sys
from enum import StrEnum
from typing import Annotated

import duckdb
import typer

from bench.apply import apply_table, measure_apply
from bench.clients import clients_table, measure_clients
from bench.fetch import fetch_table, measure_fetch
from bench.history import history_table, measure_history
from bench.land import land_note, land_table, measure_land
from bench.land_memory import draw_plot, measure_memory, memory_table
from bench.land_small import measure_small, small_table
from bench.landers import land_receiver
from bench.large_file import Codec
from bench.peers import PeersError
from bench.results import PLOT, show
from bench.same_rows import DifferentRowsError
from bench.soak import soak_builds
from bench.spark import measure_spark
from bench.spark_table import spark_table

Transactions = Annotated[int, typer.Option(min=20, help="Events of transactions a day.")]
Days = Annotated[int, typer.Option(min=1, help="Days measured after each other.")]
Keep = Annotated[bool, typer.Option(help="Write the figures into docs/performance.md.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def bench() -> None:
    """Measure the project, as ratios within one run."""


@app.command()
def history(
    days: Annotated[
        list[int] | None, typer.Option(min=2, help="Days before the measured one.")
    ] = None,
    transactions: Transactions = 10_000,
    runs: Days = 3,
    keep: Keep = False,
) -> None:
    """Measure one typical day with few and with many days before it."""
    sizes = days or [3, 30, 365, 1095]
    costs = []
    for cost in measure_history(sizes, transactions=transactions, runs=runs):
        typer.echo(f"{cost.days_before} days before: {cost.seconds:.1f} s", err=True)
        costs.append(cost)
    show("history", history_table(costs), keep=keep)


@app.command()
def clients(
    number: Annotated[
        list[int] | None, typer.Option(min=1, help="Clients, with files each day.")
    ] = None,
    days: Annotated[int, typer.Option(min=7, help="Days of each.")] = 1095,
    runs: Annotated[int, typer.Option(min=1, help="Times each command.")] = 3,
    keep: Keep = False,
) -> None:
    """Measure a run, status and report with years of files of many clients."""
    sizes = number or [1, 100]
    table = clients_table([measure_clients(clients=each, days=days, runs=runs) for each in sizes])
    show("clients", table, keep=keep)


@app.command()
def fetch(
    megabytes: Annotated[int, typer.Option(min=1, help="Size of the large file, MiB.")] = 128,
    days: Annotated[int, typer.Option(min=1, help="Days of 66 small files.")] = 5,
    runs: Annotated[int, typer.Option(min=1, help="Times each way, in turns.")] = 7,
    keep: Keep = False,
) -> None:
    """Measure fetching over SFTP, against OpenSSH's own client. Needs root, for a server."""
    table = fetch_table(list(measure_fetch(large_megabytes=megabytes, days=days, runs=runs)))
    show("fetch", table, keep=keep)


@app.command()
def apply(
    keys: Annotated[
        list[int] | None, typer.Option(help="Keys of transactions, on all sides.")
    ] = None,
    alone: Annotated[
        list[int] | None, typer.Option(help="Keys of transactions, without peers.")
    ] = None,
    transactions: Transactions = 10_000,
    runs: Days = 3,
    keep: Keep = False,
) -> None:
    """Measure applying one day's changes to a large table, against public tools."""
    sizes = keys or ([] if alone else [1_000_000, 5_000_000])
    costs = []
    for cost in measure_apply(sizes, alone=alone or [], transactions=transactions, runs=runs):
        costs.append(cost)
        typer.echo(apply_table([cost]), err=True)
    show("apply", apply_table(costs), keep=keep)


@app.command()
def soak(
    keys: Annotated[int, typer.Option(min=1, help="Keys of transactions.")] = 1_000_000,
    transactions: Transactions = 10_000,
    days: Annotated[int, typer.Option(min=0, help="Days built before that one.")] = 10,
    times: Annotated[int, typer.Option(min=2, help="Builds of the same day.")] = 60,
) -> None:
    """Whether the same day makes the same tables each time. For another version of DuckDB."""
    wrong = 0
    for number, found in enumerate(
        soak_builds(keys=keys, transactions=transactions, days=days, times=times), 1
    ):
        if found:
            wrong += 1
            typer.echo(f"build {number}: {found}")
    typer.echo(f"DuckDB {duckdb.__version__}: {wrong} of {times} builds other than the first")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def spark(
    keys: Annotated[list[int] | None, typer.Option(help="Keys of transactions.")] = None,
    transactions: Transactions = 10_000,
    runs: Days = 3,
    keep: Keep = False,
) -> None:
    """Measure a first build and a day's on Apache Spark, against DuckDB."""
    costs = []
    for cost in measure_spark(keys or [1_000_000, 5_000_000], transactions=transactions, runs=runs):
        costs.append(cost)
        typer.echo(spark_table([cost]), err=True)
    show("spark", spark_table(costs), keep=keep)


class Part(StrEnum):
    """The part of landing that is measured."""

    LARGE = "large"
    SMALL = "small"
    MEMORY = "memory"


@app.command()
def land(
    parts: Annotated[list[Part] | None, typer.Argument(help="All, if none is named.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="Transactions of the large file.")] = 300_000,
    codec: Annotated[Codec, typer.Option(help="Of the large file's blocks.")] = Codec.DEFLATE,
    days: Annotated[int, typer.Option(min=1, help="Days of 66 small files.")] = 30,
    gigabytes: Annotated[list[float] | None, typer.Option(help="Sizes for memory.")] = None,
    runs: Annotated[int, typer.Option(min=1, help="Times each side, in turns.")] = 3,
    keep: Annotated[bool, typer.Option(help="Write tables and plot into docs.")] = False,
) -> None:
    """Measure landing a large file, many small ones, and files of several sizes."""
    with land_receiver() as receiver:
        for part in parts or Part:
            match part:
                case Part.LARGE:
                    cost = measure_land(receiver, row_count=rows, codec=codec, runs=runs)
                    show("land", f"{land_note(cost)}\n\n{land_table(cost)}", keep=keep)
                case Part.SMALL:
                    sides = measure_small(receiver, days=days, runs=runs)
                    show("small", small_table(sides), keep=keep)
                case Part.MEMORY:
                    sizes = gigabytes or [0.2, 1, 4]
                    costs = list(measure_memory(receiver, sizes, runs=runs))
                    show("memory", memory_table(costs), keep=keep)
                    if keep:
                        draw_plot(costs, target=PLOT)


def main() -> None:
    try:
        app()
    except subprocess.CalledProcessError as error:
        sys.exit(f"bench: {error}\n{error.output}")
    except (PeersError, DifferentRowsError) as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    main()
