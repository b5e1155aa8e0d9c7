"""Say which addresses reach a port past deploy/nftables.conf; to be run in a network of its own.

Usage: unshare --map-root-user --net python -m tests.deploy.reach <address> <port> ...
"""

import errno
import socket
import subprocess
import sys
import time
from contextlib import closing

from tests.deploy.server import DEPLOY

PATIENCE_S = 1.5
"""A connection without an answer after this long is refused: the rules drop its packets."""


def main(pairs: list[str]) -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for _ in ("loaded", "loaded again"):
        subprocess.run(["nft", "-f", str(DEPLOY / "nftables.conf")], check=True)
    for address, port in zip(pairs[::2], pairs[1::2], strict=True):
        print(address, port, "reached" if reaches(address, int(port)) else "refused")  # noqa: T201 - the test reads it


def reaches(address: str, port: int) -> bool:
    """Connect from an address to itself."""
    is_ipv6 = ":" in address
    family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
    # Without a check for duplicates an address of version 6 is there at once.
    prefix = [f"{address}/128", "nodad"] if is_ipv6 else [f"{address}/32"]
    subprocess.run(["ip", "address", "replace", *prefix, "dev", "lo"], check=True)
    with closing(socket.create_server((address, port), family=family)):
        return _answers(address, port)


def _answers(address: str, port: int) -> bool:
    """Try until there is a route: the kernel adds that of version 6 some time after the address."""
    for _ in range(100):
        try:
            socket.create_connection((address, port), timeout=PATIENCE_S).close()
        except TimeoutError:
            return False
        except OSError as error:
            if error.errno != errno.ENETUNREACH:
                raise
            time.sleep(0.05)
        else:
            return True
    raise TimeoutError(f"{address}: expected a route, found none")


if __name__ == "__main__":
    main(sys.argv[1:])
