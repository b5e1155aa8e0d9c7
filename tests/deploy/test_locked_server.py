"""mx-sshd.service lets a delivery through, and no setuid bit, in a real systemd of its own."""

import json
import sys
from pathlib import Path

from tests.deploy.test_build_after import in_namespaces

ALLOWED = ("upload", "utime", "chmod 0644", "rename", "open as 0644")
REFUSED = ("chmod 4755", "chmod 2755", "fchmod 4755", "open as 4755")


def test_uploads_work_and_get_no_setuid_bit(tmp_path: Path) -> None:
    said = json.loads(in_namespaces(sys.executable, "-m", "tests.deploy.locked_server", tmp_path))

    assert said == {
        **dict.fromkeys(ALLOWED, "done"),
        **dict.fromkeys(REFUSED, "PermissionError"),
        "setuid or setgid": "False",
    }
