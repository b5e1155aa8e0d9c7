"""Run dbt on Spark, alone in the data folders that it reads, on ledgers that can be trusted."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ingest.errors import WarehouseError
from ingest.settings.isolation import child_environment
from ingest.store.lock import run_lock
from ingest.warehouse.build.guard import check_ledger
from ingest.warehouse.dbt import PROJECT, dbt_environment, run_to_end
from ingest.warehouse.spark.conf import Lake, hadoop_address, write_conf

CHECKOUT: Final = PROJECT.parent
ENVIRONMENT: Final = CHECKOUT / ".venv-spark"
EXPORT: Final = Path(__file__).with_name("programs") / "export.py"


def build_on_spark(lake: Lake, data: Path, *, dbt_args: list[str], memory_bytes: int) -> int:
    """Run `dbt build --target spark`, and return 0, or 1 for any failure of dbt's.

    Raises:
        LockError: an ingest, another build or another program has a data folder.
        LedgerError: a ledger is absent or damaged.
        WarehouseError: what Spark needs could not be had.
    """
    dbt = [str(ENVIRONMENT / "bin" / "dbt"), "build", "--target", "spark", *dbt_args]
    with _alone(lake, data, checks=True):
        return int(run_to_end(dbt, environment=_environment(lake, data, memory_bytes)) != 0)


def export_from_spark(
    lake: Lake, data: Path, *, folder: Path, schemas: list[str], memory_bytes: int
) -> int:
    """Write each table of some schemas to `folder/<schema>/<table>.parquet`; return an exit code.

    Raises:
        LockError: an ingest, a build or another program has a data folder.
        WarehouseError: what Spark needs could not be had.
    """
    program = [str(ENVIRONMENT / "bin" / "python"), str(EXPORT), str(folder.absolute()), *schemas]
    with _alone(lake, data, checks=False):
        return run_to_end(program, environment=_environment(lake, data, memory_bytes))


@contextmanager
def _alone(lake: Lake, data: Path, *, checks: bool) -> Iterator[None]:
    """Lock the data folders of this machine, and check their ledgers strictly.

    dbt checks the ledgers of object storage, as Spark can read them.
    """
    landings = [Path(each) for each in map(hadoop_address, lake.landings) if "://" not in each]
    run_id = f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-spark"
    with ExitStack() as locks:
        for folder in dict.fromkeys([data.absolute(), *landings]):
            locks.enter_context(run_lock(folder, run_id=run_id))
        for folder in landings if checks else []:
            check_ledger(folder, None, is_anew=True)
        yield


def _environment(lake: Lake, data: Path, memory_bytes: int) -> dict[str, str]:
    shutil.rmtree(lake.folder / "scratch", ignore_errors=True)
    conf = os.environ.get("SPARK_CONF_DIR")
    if conf is None:
        _fetch_jars(lake)
        jars = ENVIRONMENT / "jars"
        conf = str(write_conf(lake, jars=jars, memory_bytes=memory_bytes))
    # without a list the macros take MX_DATA, whose name may hold a blank
    named = lake.landings if lake.landings != (str(data),) else ()
    ours = dbt_environment(data) | {
        "DBT_TARGET_PATH": str(lake.folder / "dbt" / "target"),
        "DBT_LOG_PATH": str(lake.folder / "dbt" / "logs"),
        "MX_LANDINGS": " ".join(map(hadoop_address, named)),
        "MX_FILE_FORMAT": lake.file_format,
        "SPARK_CONF_DIR": conf,
    }
    return child_environment() | ours


def _fetch_jars(lake: Lake) -> None:
    command = ["sh", ".ci/spark-jars", *lake.jars]
    done = subprocess.run(  # noqa: S603 - own command
        command, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise WarehouseError(done.stderr.strip().splitlines()[-1])
