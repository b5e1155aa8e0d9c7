"""Code that the peers that land a file share: gpg writes its plaintext into a file first."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Convert = Callable[[Path, Path], None]
"""Makes Parquet of a plaintext, as a file or in a folder."""


def run_side(convert: Convert) -> None:
    """Do what the command line says: FOLDER CIPHERTEXT GPG ..., the last being gpg's command."""
    folder, ciphertext, *gpg = sys.argv[1:]
    plain, target = Path(folder) / "plain.avro", Path(folder) / "landed.parquet"
    subprocess.run([*gpg, "--output", str(plain), "--decrypt", ciphertext], check=True)
    convert(plain, target)
    plain.unlink()
