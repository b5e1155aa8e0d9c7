"""An SFTP source starts without invoke, and paramiko works all the same."""

import subprocess
import sys

CLIENT = """
import sys
from ingest.receive.sources import _import_paramiko
_import_paramiko()
assert "invoke" not in sys.modules
import paramiko
assert paramiko.SSHClient().get_transport() is None
assert "invoke" not in sys.modules
"""


def test_paramiko_comes_without_invoke() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLIENT], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
