"""Make report.png: the page of `ingest report` after twelve synthetic days and some lost files.

.venv/bin/python docs/report.py
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

PICTURE: Final = Path(__file__).with_suffix(".png")
INGEST: Final = Path(sys.executable).with_name("ingest")
INCOMPLETE: Final = 3
LOST: Final = ("*1.accounts.updated.*", "*6.tags.*")
"""The files that never arrive, of days that end in these digits."""
CHROMIUM: Final = (
    "chromium",
    "--headless",
    "--no-sandbox",
    "--hide-scrollbars",
    "--window-size=1000,700",
)


def main() -> None:
    """Deliver, lose files, land, build, report, and take the picture."""
    with TemporaryDirectory() as folder:
        sent, data = Path(folder, "sent"), Path(folder, "data")
        settings = {
            "MX_SOURCE": str(sent),
            "MX_DATA": str(data),
            "MX_GNUPGHOME": str(Path(folder, "gnupg")),
        }
        _ingest("keys", "new", settings=settings)
        sample = ("--to", str(sent), "--clients=2", "--users=4", "--days=12")
        _ingest("sample", *sample, settings=settings)
        for file in (file for pattern in LOST for file in sent.glob(pattern)):
            file.unlink()
        for command in ("run", "build", "report"):
            _ingest(command, settings=settings)
        page = (data / "report.html").as_uri()
        subprocess.run([*CHROMIUM, f"--screenshot={PICTURE}", page], check=True)  # noqa: S603 - own page


def _ingest(*args: str, settings: dict[str, str]) -> None:
    done = subprocess.run([INGEST, *args], env=settings | {"PATH": "/usr/bin:/bin"}, check=False)  # noqa: S603 - own program
    if done.returncode not in {0, INCOMPLETE}:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
