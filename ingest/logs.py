"""Logs to stderr, one line an event: for a person on a terminal, JSON for everything else."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

# Their own words may hold user IDs and addresses; what matters of them is told in ours.
_QUIET = ("gnupg", "httpcore", "httpx", "paramiko")


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at the time: a progress bar puts itself in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class JsonLines(logging.Formatter):
    """An event as one JSON object: time, level, message, and the facts that came with it."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        return json.dumps(facts | getattr(record, "facts", {}), default=str)


def configure_logs(*, as_json: bool) -> None:
    """Send logs to stderr in one of the two forms."""
    handler = _Stderr()
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
