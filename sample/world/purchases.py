"""Purchases of users, and the events of each within the next days.

Each user's purchases of a day are one draw, later events included. So the events of a day need only
this draw and those of the few days before; nothing is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from ingest.delivery.names import DAILY_EVENTS, Event
from sample.world.draw import dice, guid
from sample.world.world import Account, Member, User

CREATED, UPDATED, DELETED = DAILY_EVENTS
LONGEST_DAYS = 2
OWN_KEYS = ("REPLACED", "PART_1", "PART_2")
"""The forms of a purchase that are transactions of their own."""


class Step(NamedTuple):
    """One event of a purchase, some days after it was made."""

    days: int
    event: Event
    form: str = "POSTED"


_PENDING = Step(0, CREATED, "PENDING")
_MADE = Step(0, CREATED)
PLANS = {
    (_MADE,): 60,
    (_PENDING, Step(1, UPDATED)): 12,
    (_PENDING, Step(1, DELETED, "PENDING"), Step(1, CREATED, "REPLACED")): 12,
    (_MADE, Step(0, UPDATED), Step(0, UPDATED, "EDITED"), Step(2, UPDATED)): 5,
    (_PENDING, Step(0, UPDATED), Step(0, DELETED)): 3,
    (_MADE, Step(1, DELETED), Step(2, UPDATED, "EDITED")): 3,
    (_MADE, Step(1, DELETED), Step(1, CREATED)): 2,
    (_MADE, Step(2, DELETED)): 2,
    (_MADE, Step(1, UPDATED, "SPLIT"), Step(1, CREATED, "PART_1"), Step(1, CREATED, "PART_2")): 1,
}
_STEPS = tuple(PLANS)
_WEIGHTS = tuple(accumulate(PLANS.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A purchase of a user, with its steps in their order."""

    guid: str
    made: int
    user: User
    member: Member
    account: Account
    steps: tuple[Step, ...]

    def key(self, form: str) -> str:
        """Return the key of the transaction for one form of this purchase."""
        return guid("TRN", self.guid, form) if form in OWN_KEYS else self.guid


def purchases_made(user: User, made: int) -> Iterator[Purchase]:
    """Draw the purchases of a user on a day, which may be before the feed."""
    accounts = [each for each in user.accounts(made) if each[1].kind != "MORTGAGE"]
    random = dice(user.life.guid, made, "purchases")
    for number in range(random.choice((1, 2, 3, 3, 4, 6)) if accounts else 0):
        member, account = random.choice(accounts)
        yield Purchase(
            guid=guid("TRN", user.life.guid, made, number),
            made=made,
            user=user,
            member=member,
            account=account,
            steps=random.choices(_STEPS, cum_weights=_WEIGHTS)[0],
        )


def recent_purchases(user: User, day: int) -> Iterator[Purchase]:
    """Draw the purchases that may have an event on a day."""
    for made in range(day - LONGEST_DAYS, day + 1):
        yield from purchases_made(user, made)
