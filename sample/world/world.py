"""The clients of a world, their users, and the users' members and accounts.

All of it follows from the seed. Memory holds this much and no events, so it grows with the users.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sample.world.draw import guid, pick, roll
from sample.world.life import Day, Life

KINDS = ("CHECKING", "CREDIT_CARD", "SAVINGS", "INVESTMENT", "MORTGAGE", "CHECKING")
BEFORE_THE_FEED = -30
STORIES_EVERY = 40
"""The first users of every so many have a story; a dozen users have all stories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account of a member."""

    life: Life
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One connection of a user to an institution."""

    life: Life
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One user, with all members and accounts that the user ever has."""

    life: Life
    client_guid: str
    number: int
    members: tuple[Member, ...]

    @property
    def id(self) -> str:
        """The key that the bank gave the user."""
        return f"customer-{self.number:07d}"

    def accounts(self, day: int) -> Iterator[tuple[Member, Account]]:
        """List the accounts that exist on a day, together with their member and user."""
        if not self.life.is_alive(day):
            return
        for member in self.members:
            for account in member.accounts if member.life.is_alive(day) else ():
                if account.life.is_alive(day):
                    yield member, account


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client of MX, which is one bank."""

    guid: str
    users: tuple[User, ...]


def make_clients(*, seed: int, clients: int, users: int) -> list[Client]:
    return [_client(guid("CLT", seed, number), users=users) for number in range(clients)]


def make_days(*, start: date, days: int) -> Iterator[Day]:
    midnight = datetime(start.year, start.month, start.day, tzinfo=UTC)
    for index in range(days):
        today = midnight + timedelta(days=index)
        yield Day(index=index, date=today.date(), midnight=int(today.timestamp()))


def belongings(
    user: User, prefix: str, day: Day, *, chance: float, most: int = 1
) -> Iterator[Life]:
    """List the records of one kind that a user has, while the user exists."""
    if not user.life.is_alive(day.index):
        return
    for number in range(most):
        key = guid(prefix, user.life.guid, number)
        if roll(key, "is there") < chance:
            born = user.life.born + pick((0, 0, 0, 1, 3), key, "born")
            ended = max(born, 0) + pick(range(6), key, "end") if roll(key, "ends") < 0.1 else None
            back = ended + 2 if ended is not None and roll(key, "is back") < 0.3 else None
            yield Life(guid=key, born=born, ended=ended, back=back)


def _client(client_guid: str, *, users: int) -> Client:
    return Client(
        guid=client_guid,
        users=tuple(_user(client_guid, number) for number in range(users)),
    )


def _user(client_guid: str, number: int) -> User:
    key = guid("USR", client_guid, number)
    story = number % STORIES_EVERY
    life = _user_life(key, story)
    wanted = 2 if story in (1, 2) else 1 + int(roll(key, "members") * 2.5)
    return User(
        life=life,
        client_guid=client_guid,
        number=number,
        members=tuple(_member(life, order, story=story) for order in range(wanted)),
    )


def _user_life(key: str, story: int) -> Life:
    match story:
        case 0 | 1 | 2:
            return Life(guid=key, born=0)
        case 3:  # deleted with all its records, which no file says
            return Life(guid=key, born=0, ended=3)
        case 4:  # made, changed and deleted on one day
            return Life(guid=key, born=1, ended=1)
        case 5:  # created again, which MX says never happens to users
            return Life(guid=key, born=0, ended=2, back=4)
        case 6:  # older than the feed: changes of a key that was never created
            return Life(guid=key, born=BEFORE_THE_FEED)
        case 7:  # older than the feed: a delete of a key that was never seen
            return Life(guid=key, born=BEFORE_THE_FEED, ended=0)
    return Life(guid=key, born=_birth(key))


def _birth(key: str) -> int:
    chance = roll(key, "born")
    if chance < 0.1:
        return BEFORE_THE_FEED
    return 0 if chance < 0.7 else 1 + int((chance - 0.7) * 50)


def _member(user: Life, order: int, *, story: int) -> Member:
    key = guid("MBR", user.guid, order)
    life = Life(guid=key, born=user.born if order == 0 else user.born + pick((0, 0, 1, 4), key))
    if story in (1, 2) and order == 0:
        life = Life(guid=key, born=0, ended=2, back=4)
    elif roll(key, "ends") < 0.05:
        life = Life(guid=key, born=life.born, ended=max(life.born, 0) + pick(range(12), key, "end"))
    wanted = 1 + pick((1, 1, 2, 3), key, "accounts")
    return Member(
        life=life,
        accounts=tuple(_account(life, number, has_delete=story == 2) for number in range(wanted)),
    )


def _account(member: Life, order: int, *, has_delete: bool) -> Account:
    """Make an account; its own delete is sent with its member's if `has_delete`."""
    key = guid("ACT", member.guid, order)
    kind = KINDS[order] if order else pick(KINDS, key)
    if has_delete:
        life = Life(guid=key, born=member.born, ended=member.ended, back=member.back)
    elif order and roll(key, "ends") < 0.05:
        life = Life(guid=key, born=member.born, ended=max(member.born, 0) + pick(range(9), key))
    else:
        life = Life(guid=key, born=member.born)
    return Account(life=life, kind=kind)
