"""Land MX's encrypted daily files as verified Parquet."""

import sys
from types import TracebackType

_show_error = sys.excepthook


def _show_interruption(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """Say on one line that Ctrl-C came while modules were imported; Python then ends by it."""
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("interrupted; the same command goes on from here\n")
    else:
        _show_error(kind, error, traceback)


sys.excepthook = _show_interruption
