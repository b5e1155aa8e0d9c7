"""A draw depends only on its arguments."""

import re

from sample.world.draw import dice, guid, pick, roll


def test_equal_arguments_draw_equal_values() -> None:
    for draw in (roll, lambda *parts: guid("USR", *parts), lambda *parts: dice(*parts).random()):
        assert draw("a", 1) == draw("a", 1)
        assert draw("a", 1) != draw("a", 2)


def test_rolls_fill_the_unit_interval() -> None:
    rolls = [roll("even", number) for number in range(2_000)]

    assert 0 <= min(rolls) < 0.01
    assert 0.99 < max(rolls) < 1
    assert 0.45 < sum(rolls) / len(rolls) < 0.55


def test_every_choice_is_picked() -> None:
    assert {pick("abc", number) for number in range(100)} == set("abc")


def test_a_key_is_three_letters_and_a_uuid_of_version_4() -> None:
    assert re.fullmatch(
        r"USR-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", guid("USR", 1)
    )
