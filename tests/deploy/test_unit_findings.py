"""`ingest check` says of a real systemd which units fail, and which timers do not run."""

import sys
from pathlib import Path

from ingest.commands.checks.units import check_units
from tests.deploy.test_build_after import in_namespaces


def test_a_stopped_timer_and_a_failed_unit_are_told_with_the_next_step(tmp_path: Path) -> None:
    units = {
        "mx-ingest.timer": "[Timer]\nOnCalendar=hourly\n",
        "mx-status.timer": "[Timer]\nOnCalendar=daily\nUnit=mx-build.service\n",
        "mx-ingest.service": "[Service]\nType=oneshot\nExecStart=/bin/false\n",
        "mx-build.service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
        "systemctl": '#!/bin/sh\nexec /usr/bin/systemctl --user "$@"\n',
    }
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "systemctl").chmod(0o700)

    said = in_namespaces(sys.executable, "-m", "tests.deploy.unit_findings", tmp_path)

    assert said.splitlines() == [
        "incomplete: mx-ingest.timer: expected to be active, found inactive; "
        "start it with: systemctl enable --now mx-ingest.timer",
        "ok: mx-status.timer: active, its last result was success",
        "incomplete: mx-ingest.service: expected its last run to succeed, found exit-code; "
        "see: journalctl -u mx-ingest.service",
        "ok: mx-build.service: inactive, its last result was success",
    ]


def test_without_units_nothing_is_missing() -> None:
    [finding] = check_units()

    assert (finding.verdict, finding.text.split(" of ")[0]) == ("-", "none")
