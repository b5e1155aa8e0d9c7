"""Random draws that depend only on their arguments, so any day can be drawn by itself.

The words to draw from are names in several scripts, and texts that break careless parsers.
"""

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import Final, TypeVar

Choice = TypeVar("Choice")

NAMES: Final = (
    (("Alice", "Bruno", "Carla", "Dmitri", "Emma"), ("Smith", "Garcia", "O'Brien", "Müller")),
    (("José", "Zoë", "François", "Łucja", "Søren"), ("Muñoz", "Dvořák", "Ångström", "D’Été")),
    (("Анна", "Иван", "Ольга"), ("Иванова", "Петров", "Щербак")),
    (("Ελένη", "Γιώργος"), ("Παπαδοπούλου", "Νικολάου")),
    (("فاطمة", "محمد", "ليلى"), ("العلي", "حسن")),
    (("伟", "芳", "娜"), ("王", "李", "张")),
    (("さくら", "健太"), ("佐藤", "鈴木")),
    (("지우", "민준"), ("김", "이")),
    (('Ana "Annie"', "Jean, Jr.", "Kim 🌻"), ("van der Berg", "Smith;Jones", "N\u0303o\u0301")),
)
MERCHANTS: Final = (
    ("Corner Grocery", "Groceries", 5411),
    ("City Transit", "Public Transportation", 4111),
    ("Café du Marché", "Coffee Shops", 5814),
    ("Ресторан у моста", "Restaurants", 5812),
    ("駅前書店", "Books", 5942),
    ("Pharmacy, 24 hours", "Pharmacy", 5912),
    ('"The" Cinema', "Movies & DVDs", 7832),
    ("Fuel Stop\nPump 4", "Gas", 5541),
    ("Power & Water", "Utilities", 4900),
    ("Monthly Rent", "Mortgage & Rent", 6513),
)
INSTITUTIONS: Final = ("First Example Bank", "Example Credit Union", "Banque d'Exemple", "例示銀行")
NOTES: Final = (
    None,
    None,
    None,
    "",
    " ",
    "NULL",
    "plain",
    'say "hi", twice',
    "two\nlines\tand a tab",
    "back\\slash; semicolon | pipe",
    "emoji 👩‍👩‍👧‍👦 and \u202eright to left",
    '{"source": "import", "tags": [1, 2]}',
)


def roll(*parts: object) -> float:
    """Draw a number in [0, 1)."""
    return int.from_bytes(_digest(parts, size=6)) / (1 << 48)


def pick(choices: Sequence[Choice], *parts: object) -> Choice:
    return choices[int(roll(*parts) * len(choices))]


def guid(prefix: str, *parts: object) -> str:
    """Make a key as MX does: three letters and a UUID of version 4."""
    text = _digest(parts, size=16).hex()
    return f"{prefix}-{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def dice(*parts: object) -> Random:
    """Make a generator for many draws about one thing."""
    return Random(_digest(parts, size=8))


def _digest(parts: tuple[object, ...], *, size: int) -> bytes:
    return blake2b("/".join(map(str, parts)).encode(), digest_size=size).digest()


def person(random: Random) -> tuple[str, str]:
    """Draw a first and a last name of one script."""
    first, last = random.choice(NAMES)
    return random.choice(first), random.choice(last)


def note(random: Random) -> str | None:
    """Draw a free text, which is often empty."""
    return random.choice(NOTES)
