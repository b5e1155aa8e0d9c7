"""A real Chromium without a screen, with its own profile and no network services."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files",
    "--enable-logging=stderr",
)
PATIENCE_S = 120
NARROWEST = 360


@dataclass(frozen=True, slots=True)
class Shown:
    """The page as a browser shows it."""

    dom: str
    console: list[str]


def show(path: Path, *flags: str, place: str = "") -> Shown:
    """Open a page, or a place in it; give its elements in the end, and what its console says."""
    done = _chromium("--dump-dom", *flags, path.as_uri() + place)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return Shown(dom=done.stdout, console=console)


def print_pdf(path: Path, *, pdf: Path) -> bytes:
    _chromium("--no-pdf-header-footer", f"--print-to-pdf={pdf}", path.as_uri())
    return pdf.read_bytes()


def _chromium(*args: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        command = ["chromium", *FLAGS, f"--user-data-dir={profile}", *args]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=PATIENCE_S
        )
