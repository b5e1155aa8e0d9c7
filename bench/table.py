"""Figures as Markdown."""

from collections.abc import Sequence
from statistics import median


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int = 1) -> str:
    """Write a table.

    Args:
        texts: how many columns hold text; those after them hold numbers.
    """
    rule = ["---"] * texts + ["---:"] * (len(head) - texts)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def seconds_cells(seconds: Sequence[float]) -> list[str]:
    """Write the median, and the least and the most."""
    return [f"{median(seconds):.2f}", f"{min(seconds):.2f} to {max(seconds):.2f}"]


def megabytes(size_bytes: float) -> str:
    return f"{size_bytes / 1e6:,.0f}"
