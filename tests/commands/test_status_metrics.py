"""`ingest status --prometheus` gives metrics that a strict reader of the text format takes."""

import re
import stat
from datetime import datetime
from pathlib import Path

import pytest

from tests.commands.conftest import Cli
from tests.support.sender import CLIENT, DAY, Sender

AS_OF = ("--as-of", "2026-01-03")
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
PAIR = rf'({NAME})="((?:[^"\\\n]|\\[\\"n])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({PAIR}(?:,{PAIR})*)\}})? (-?\d+(?:\.\d+)?)")

Metrics = dict[tuple[str, ...], float]


def read_metrics(text: str) -> Metrics:
    """Read the text format strictly: HELP, TYPE, then the values of one metric at a time."""
    metrics: Metrics = {}
    described: list[str] = []
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# "):
            kind, name, said = line.removeprefix("# ").split(" ", 2)
            if kind == "HELP":
                assert (name in described, bool(said)) == (False, True)
                described.append(name)
            else:
                assert (kind, name, said) == ("TYPE", described[-1], "gauge")
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        assert sample[1] == described[-1]
        labels = [value for _, value in re.findall(PAIR, sample[2] or "")]
        assert (sample[1], *labels) not in metrics
        metrics[sample[1], *labels] = float(sample[len(sample.groups())])
    return metrics


def metrics_of(cli: Cli, settings: dict[str, str], *options: str, **more: str) -> Metrics:
    done = cli("status", "--prometheus", *options, **settings | more)
    assert (done.returncode, done.stderr) == (0, "")
    return read_metrics(done.stdout)


def test_before_anything_has_come_there_are_no_moments(cli: Cli, settings: dict[str, str]) -> None:
    assert metrics_of(cli, settings) == {
        ("mx_failed_runs",): 0,
        ("mx_alarms",): 0,
        ("mx_bad_names",): 0,
        ("mx_files_to_build",): 0,
        ("mx_build_problems",): 0,
    }


def test_an_incomplete_day_shows_its_files_and_how_long_mx_keeps_its_copy(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()
    assert cli("run", **settings).returncode == 3

    shown = metrics_of(cli, settings, *AS_OF, MX_CLIENT_NAMES=f'{CLIENT}=North "1"')

    assert shown["mx_client_info", CLIENT, r"North \"1\""] == 1
    assert shown["mx_files", CLIENT, "quarantined"] == 1
    assert (shown["mx_files", CLIENT, "landed"], shown["mx_files", CLIENT, "gone"]) == (0, 0)
    assert (shown["mx_open_days", CLIENT], shown["mx_days_to_loss", CLIENT]) == (1, 7)
    assert shown["mx_alarms",] == 1
    assert ("mx_newest_complete_day_age_seconds", CLIENT) not in shown


def test_a_complete_day_has_an_age_and_failed_runs_are_counted_since_the_last_success(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    before = datetime.now().timestamp()  # noqa: DTZ005 - seconds since the epoch
    cli("run", **settings)
    for _ in range(2):
        assert cli("run", **settings | {"MX_SOURCE": "/nowhere"}).returncode == 1

    shown = metrics_of(cli, settings, *AS_OF)

    assert shown["mx_newest_complete_day_age_seconds", CLIENT] == 24 * 3600
    assert (shown["mx_open_days", CLIENT], ("mx_days_to_loss", CLIENT) in shown) == (0, False)
    assert shown["mx_failed_runs",] == 2
    assert 0 <= shown["mx_last_success_timestamp_seconds",] - int(before) < 60
    assert (shown["mx_files_to_build",], shown["mx_build_problems",]) == (1, 1)
    assert ("mx_release_timestamp_seconds",) not in shown


def test_a_file_of_metrics_appears_at_once_and_everyone_can_read_it(
    cli: Cli, settings: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "textfile").mkdir()

    done = cli("status", "--prometheus", "--output", "textfile/mx.prom", **settings)

    [written] = (tmp_path / "textfile").iterdir()
    assert (done.returncode, done.stdout, written.name) == (0, "", "mx.prom")
    assert stat.S_IMODE(written.stat().st_mode) == 0o644
    assert ("mx_alarms",) in read_metrics(written.read_text())


@pytest.mark.parametrize(
    "options", [("--prometheus", "--json"), ("--prometheus", "--day", DAY), ("--output", "x")]
)
def test_options_that_do_not_fit_end_with_2(cli: Cli, options: tuple[str, ...]) -> None:
    done = cli("status", *options)

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
