"""nft and systemd understand the firewall rules and the units of deploy/."""

import re
import shlex
import stat
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from ingest.settings import Settings
from tests.deploy.server import CONFIG, DEPLOY

UNITS = sorted(path.name for path in DEPLOY.glob("mx-*"))
PROGRAMS = Path(sys.executable).parent


def settings_of(unit: str) -> ConfigParser:
    """Read a unit; a later line replaces an earlier one of the same setting."""
    parser = ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.read(DEPLOY / unit)
    return parser


def test_units_are_what_systemd_understands(tmp_path: Path) -> None:
    for unit in UNITS:
        text = (DEPLOY / unit).read_text().replace("/opt/mx-ingest/.venv/bin", str(PROGRAMS))
        (tmp_path / unit).write_text(text.replace("/opt/mx-ingest/deploy", str(DEPLOY)))

    verified = subprocess.run(
        ["systemd-analyze", "--man=no", "verify", *(tmp_path / unit for unit in UNITS)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_timer_looks_from_ten_past_one_utc() -> None:
    when = settings_of("mx-ingest.timer")["Timer"]["OnCalendar"]

    shown = subprocess.run(
        ["systemd-analyze", "calendar", "--base-time=2026-01-01 00:00 UTC", "--iterations=2", when],
        check=True,
        capture_output=True,
        text=True,
        env={"TZ": "UTC"},
    )

    assert re.findall(r"2026-\S+ \S+ UTC", shown.stdout) == [
        "2026-01-01 01:10:00 UTC",
        "2026-01-01 02:10:00 UTC",
    ]


def test_a_file_that_keeps_the_group_out_is_opened(tmp_path: Path) -> None:
    for name, mode in [("closed", 0o600), ("open", 0o644)]:
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    line = settings_of("mx-ingest.service")["Service"]["ExecStartPre"]

    subprocess.run(
        shlex.split(line.lstrip("-+").replace("/srv/mx-sftp/upload", str(tmp_path))), check=True
    )

    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
        "closed": 0o640,
        "open": 0o644,
    }


def test_the_environment_names_settings_that_exist() -> None:
    files = ("environment", "mx-ingest.service", "mx-build.service")
    text = "".join((DEPLOY / name).read_text() for name in files)

    named = {name.lower() for name in re.findall(r"\bMX_(\w+)=", text)}

    assert named == {"source", "data", "gnupghome", "gpg_passphrase_file", "mask_key_file"}
    assert named <= set(Settings.model_fields)


def test_nft_understands_the_rules() -> None:
    in_a_network_of_its_own("nft", "-c", "-f", DEPLOY / "nftables.conf")


def test_only_listed_addresses_reach_the_port() -> None:
    [port] = re.findall(r"^Port (\d+)$", CONFIG.read_text(), re.MULTILINE)
    expected = [
        f"192.0.2.7 {port} reached",
        f"2001:db8::7 {port} reached",
        f"198.51.100.7 {port} refused",
        f"2001:db9::7 {port} refused",
        f"127.0.0.1 {port} refused",
        "198.51.100.7 22 reached",
    ]
    asked = [word for line in expected for word in line.split()[:2]]

    said = in_a_network_of_its_own(sys.executable, "-m", "tests.deploy.reach", *asked)

    assert said.splitlines() == expected


def in_a_network_of_its_own(*command: str | Path) -> str:
    """Run a command in a network whose rules and addresses nobody else has."""
    done = subprocess.run(
        ["unshare", "--map-root-user", "--net", *command],
        check=True,
        cwd=DEPLOY.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


SERVICES = [unit for unit in UNITS if unit.endswith(".service")]


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_is_well_locked_up(unit: str) -> None:
    """systemd counts exposure in tenths, from 0 to 10.0. A server with logins needs more."""
    most = 30 if unit == "mx-sshd.service" else 25
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={most}"]

    subprocess.run([*command, DEPLOY / unit], check=True, capture_output=True)


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_leaves_no_core_and_does_not_take_all_memory(unit: str) -> None:
    service = settings_of(unit)["Service"]

    assert service["LimitCORE"] == "0"
    assert re.fullmatch(r"\dG", service["MemoryMax"])


def test_what_decodes_deliveries_has_no_mask_key_and_the_build_no_passphrase() -> None:
    """Each has its own credential; systemd hides those of other units."""
    ingest, build = (settings_of(f"mx-{name}.service")["Service"] for name in ("ingest", "build"))

    assert ingest["LoadCredential"] == "gpg-passphrase:/etc/mx-ingest/gpg-passphrase"
    assert build["LoadCredential"] == "mask-key:/etc/mx-ingest/mask-key"
    assert ingest["InaccessiblePaths"] == "-/etc/mx-ingest/mask-key"
    assert build["InaccessiblePaths"] == "-/etc/mx-ingest/gpg-passphrase"


@pytest.mark.parametrize("name", ["ingest", "build", "status"])
def test_what_needs_no_network_reaches_none(name: str) -> None:
    assert settings_of(f"mx-{name}.service")["Service"]["IPAddressDeny"] == "any"
