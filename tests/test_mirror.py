"""Each module has its test file, and each test file its module, or here is the reason why not."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("ingest", "sample")
BY_BUILD = "needs a built warehouse"
ALL_TOGETHER = "the claims are about all resources: tests/sample/world/test_world.py"

WITHOUT_TESTS = {
    "ingest/__main__.py": "tests/test_main.py",
    "ingest/pipeline.py": "tests/pipeline",
    "ingest/settings/names.py": "constants; tests/settings/test_isolation.py compares them",
    "ingest/warehouse/models/explain.py": f"{BY_BUILD}: tests/dbt_project/test_explain.py",
    "ingest/warehouse/models/docs.py": f"{BY_BUILD}: tests/marts/test_docs_page.py",
    "ingest/warehouse/spark/build.py": "needs Spark: tests/spark",
    "ingest/warehouse/spark/programs/export.py": "needs Spark: tests/spark",
    "sample/send/resources.py": ALL_TOGETHER,
    "sample/send/sample.py": "a fixture of tests/sample/conftest.py sends by it",
    **{
        f"sample/world/{name}.py": ALL_TOGETHER
        for name in (
            "activity",
            "money",
            "people",
            "planning",
            "purchases",
            "transactions",
        )
    },
}
"""Modules without a test file of their own, and where they are tested."""

RUNS = "complete runs of it: tests/pipeline"
ERASED = "one user everywhere: tests/erasure/test_erase.py"
FACTS = "every way to the same facts: tests/store/index/test_state.py"
_ERASING = ("find", "kept", "outcome", "request", "rewrite")
_SCREENING = ("put_in_archive", "screen", "taken_out")
THROUGH_OTHERS = {
    **dict.fromkeys((f"ingest/landing/{name}.py" for name in ("commit", "land")), RUNS),
    **dict.fromkeys((f"ingest/erasure/{name}.py" for name in _ERASING), ERASED),
    **dict.fromkeys((f"ingest/landing/erased/{name}.py" for name in _SCREENING), ERASED),
    "ingest/erasure/age.py": "with retain: tests/erasure/test_retain.py",
    "ingest/store/erased.py": "with the facts: tests/erasure/test_erase.py",
    "ingest/receive/baseline_header.py": "a baseline asks it: tests/receive/test_baseline.py",
    "ingest/mirror/contents.py": "what is copied: tests/mirror/test_send_all.py",
    "ingest/mirror/fetch.py": "what a restore fetches: tests/mirror/test_restore.py, test_kills.py",
    "ingest/mirror/months.py": "ledgers are compared: tests/mirror/test_owner.py, test_send_all.py",
    "ingest/mirror/send_file.py": "one file: tests/mirror/test_send_all.py, test_faults.py",
    "ingest/landing/convert_process.py": "the pool starts it: tests/landing/test_converters.py",
    "ingest/mirror/storage/failures.py": "with bucket: tests/mirror/storage/test_bucket.py",
    "ingest/mirror/storage/stored.py": "with bucket: tests/mirror/storage/test_bucket.py",
    **dict.fromkeys(
        (
            f"ingest/store/index/{name}.py"
            for name in (
                *("known", "fold_erased", "fold_files", "fold_landing", "fold_record"),
                "totals",
                *("tables/database", "tables/meta", "tables/rows", "tables/values"),
            )
        ),
        FACTS,
    ),
    **dict.fromkeys(
        (
            f"ingest/commands/checks/{name}.py"
            for name in ("configuration", "delivery", "disk", "finding", "receiver", "tables")
        ),
        "ingest check asks them: tests/commands/test_check.py",
    ),
    "ingest/commands/checks/units.py": "real systemd: tests/deploy/test_unit_findings.py",
    "ingest/commands/demo_ending.py": "the demo's last screen: tests/front/test_fresh_machine.py",
    "ingest/settings/origins.py": "ingest check tells them: tests/commands/test_check.py",
    "ingest/status/prometheus.py": "the command: tests/commands/test_status_metrics.py",
    **dict.fromkeys(
        (
            f"ingest/warehouse/models/{name}.py"
            for name in ("model_yaml", "exposures", "lean", "resources")
        ),
        "what the templates are made of: tests/warehouse/models/test_model_sql.py, tests/marts",
    ),
    **dict.fromkeys(
        (
            f"ingest/warehouse/publish/postgres/{name}.py"
            for name in ("access", "outcome", "release_tables", "send_rows", "shape", "state")
        ),
        "a mirror in PostgreSQL: tests/warehouse/publish/postgres/test_mirror.py",
    ),
    "ingest/status/files.py": "with days: tests/status/test_days.py, test_next_steps.py",
}
"""Modules that only tests of others show, and which."""

ACROSS = {
    "tests/commands/test_empty_source.py": "run, status and report",
    "tests/commands/test_https_run.py": "a run of the program against the Reporting API",
    "tests/commands/test_interrupt.py": "all commands",
    "tests/landing/test_lost_converters.py": "the pool and check_file, which tries again",
    "tests/openpgp/test_key_check.py": "Keyring.check and keys.check_keys",
    "tests/erasure/test_files.py": "erased files, of each source and standing",
    "tests/erasure/test_kills.py": "an erasure, killed at each step",
    "tests/mirror/test_faults.py": "a mirror by a proxy that spoils requests",
    "tests/mirror/test_kills.py": "mirror and restore, killed at each request",
    "tests/openpgp/test_messages.py": "the ways to decrypt are compared",
    "tests/receive/sources/https/test_absent_files.py": "listing, file and fetching",
    "tests/receive/sources/test_import_paramiko.py": "the import in sources/__init__.py",
    "tests/receive/sources/test_sources.py": "a folder and an SFTP server are compared",
    "tests/sample/test_compare.py": "tests/truth.py, which compares for other tests",
    "tests/status/report/test_browser.py": "the page in Chromium",
    "tests/store/index/test_flush.py": "a ledger writes its index",
    "tests/commands/test_status_metrics.py": "status --prometheus",
    "tests/warehouse/build/test_postgres.py": "a build that ends in PostgreSQL",
    "tests/warehouse/publish/postgres/test_kills.py": "kills at each step in PostgreSQL",
    "tests/warehouse/publish/postgres/test_snapshots.py": "readers of PostgreSQL during a publish",
    "tests/warehouse/build/test_untouched.py": "the models that dbt_build leaves out",
    "tests/warehouse/publish/test_kills.py": "kills at each step of a publish",
}
"""Test files of more than one module."""


def modules() -> Iterator[str]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name != "__init__.py":
                yield path.relative_to(ROOT).as_posix()


def mirroring() -> Iterator[str]:
    """Give the test files in folders that mirror a package."""
    folders = {Path(name_of_test(module)).parent for module in modules()} - {Path("tests")}
    for folder in sorted(folders):
        for path in sorted((ROOT / folder).glob("test_*.py")):
            yield path.relative_to(ROOT).as_posix()


def name_of_test(module: str) -> str:
    path = Path(module.removeprefix("ingest/"))
    return Path("tests", path.parent, f"test_{path.name}").as_posix()


def test_each_module_has_its_test_file() -> None:
    missing = {module for module in modules() if not (ROOT / name_of_test(module)).exists()}

    assert missing == WITHOUT_TESTS.keys() | THROUGH_OTHERS.keys()


def test_each_test_file_has_its_module() -> None:
    mirrored = {name_of_test(module) for module in modules()}

    assert set(mirroring()) - mirrored == ACROSS.keys()
