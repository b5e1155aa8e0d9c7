"""The status as metrics for Prometheus, in the text format of node_exporter's textfile collector.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ingest.status.client_days import days_of_clients, freshness
from ingest.status.files import Status
from ingest.status.overview import Overview
from ingest.status.report.readers import Served

Labels = tuple[tuple[str, str], ...]
_ESCAPED: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Metric:
    """One gauge with its values by labels; without a value it is left out."""

    name: str
    help: str
    values: dict[Labels, float] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        if self.values:
            yield f"# HELP {self.name} {self.help}"
            yield f"# TYPE {self.name} gauge"
        for labels, value in self.values.items():
            shown = ",".join(f'{name}="{text.translate(_ESCAPED)}"' for name, text in labels)
            yield f"{self.name}{{{shown}}} {value!r}" if shown else f"{self.name} {value!r}"


def write_metrics(
    seen: Overview,
    *,
    served: Served,
    began_at: Mapping[str, datetime],
    succeeded_at: datetime | None,
    now: datetime,
    client_names: Mapping[str, str],
) -> str:
    """Write all metrics; a moment that has not been is left out.

    Args:
        began_at: when the first record of each client's deliveries was written.
        succeeded_at: when the last `ingest run` ended that did not fail.
    """
    metrics = [
        *_of_runs(seen, succeeded_at),
        *_of_clients(seen, began_at, now=now, client_names=client_names),
        *_of_tables(served),
    ]
    return "".join(f"{line}\n" for metric in metrics for line in metric.lines())


def _of_runs(seen: Overview, succeeded_at: datetime | None) -> Iterator[Metric]:
    yield Metric(
        "mx_last_success_timestamp_seconds",
        "When the last ingest run ended that did not fail.",
        _moment(succeeded_at),
    )
    failed, alarms = seen.failing.count if seen.failing else 0, seen.alarms
    yield Metric("mx_failed_runs", "How many ingest runs failed since one succeeded.", _one(failed))
    yield Metric("mx_alarms", "What calls for someone, as ingest status counts it.", _one(alarms))
    names = len(seen.bad_names)
    yield Metric("mx_bad_names", "Files in quarantine whose names break the rules.", _one(names))


def _of_clients(
    seen: Overview,
    began_at: Mapping[str, datetime],
    *,
    now: datetime,
    client_names: Mapping[str, str],
) -> Iterator[Metric]:
    info, age, files, days, loss = (
        Metric("mx_client_info", "The name that MX_CLIENT_NAMES gives a client; always 1."),
        Metric(
            "mx_newest_complete_day_age_seconds",
            "Since the end of the client's newest complete day, UTC.",
        ),
        Metric("mx_files", "Daily files by their standing."),
        Metric("mx_open_days", "Days that call for someone."),
        Metric(
            "mx_days_to_loss",
            "Days until MX deletes its copy of the oldest open day; absent if none can be lost.",
        ),
    )
    for client_guid, of_client in days_of_clients(seen.days, began_at=began_at).items():
        client = (("client", client_guid),)
        info.values[*client, ("name", client_names.get(client_guid, ""))] = 1
        fresh = freshness(of_client, now=now)
        if fresh.age_hours is not None:
            age.values[client] = round(fresh.age_hours * 3600)
        counts = sum((Counter(day.counts) for day in of_client), Counter[str]())
        for status in Status:
            files.values[*client, ("standing", str(status))] = counts[str(status)]
        days.values[client] = fresh.alarms
        to_loss = [day.days_to_loss for day in of_client if day.is_alarm and day.days_to_loss > 0]
        if to_loss:
            loss.values[client] = min(to_loss)
    yield from (info, age, files, days, loss)


def _of_tables(served: Served) -> Iterator[Metric]:
    yield Metric(
        "mx_build_timestamp_seconds",
        "When the last build was complete; absent if it is not.",
        _moment(served.finished_at),
    )
    yield Metric(
        "mx_release_timestamp_seconds",
        "When the build was complete that readers see.",
        _moment(served.built_at),
    )
    yield Metric(
        "mx_files_to_build",
        "Landed files that no build has taken yet.",
        _one(served.files_to_build),
    )
    yield Metric(
        "mx_build_problems",
        "Why the last build is not complete or cannot be read, counted.",
        _one(len(served.problems)),
    )


def _one(value: float) -> dict[Labels, float]:
    return {(): value}


def _moment(moment: datetime | None) -> dict[Labels, float]:
    return _one(round(moment.timestamp())) if moment else {}
