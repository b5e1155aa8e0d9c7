"""The words of the world: names in several scripts, and text that breaks careless parsers."""

from random import Random
from typing import Final

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


def person(random: Random) -> tuple[str, str]:
    """Draw a first and a last name of one script."""
    first, last = random.choice(NAMES)
    return random.choice(first), random.choice(last)


def note(random: Random) -> str | None:
    """Draw a free text, which is often empty."""
    return random.choice(NOTES)
