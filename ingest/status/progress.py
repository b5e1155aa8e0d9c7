"""How long work tells how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Someone who wants to know; amounts are bytes as they came."""

    def begin(self, what: str, *, total: int) -> None:
        """Start on a piece of work, ending the one before."""

    def advance(self, amount: int) -> None:
        """Have done some more of it."""


class Silent:
    """Nobody wants to know."""

    def begin(self, what: str, *, total: int) -> None:
        pass

    def advance(self, amount: int) -> None:
        pass
