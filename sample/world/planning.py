"""Categories, tags, goals and budgets of users, and a resource without a model."""

from collections.abc import Iterator

from sample.world.draw import MERCHANTS, guid, note
from sample.world.life import DRIFT_DAY, Change, Day, Life, Moment, Row, live_all
from sample.world.money import money
from sample.world.world import User, belongings

SHARED_CATEGORY = "Gifts"
WIDE_REVISION = 1 << 33


def category_guid(name: str) -> str:
    """Return the key of a default category, which is the same for every client."""
    return guid("CAT", name)


def categories(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        return {
            "user_guid": user.life.guid,
            "user_id": user.id,
            "parent_guid": category_guid(moment.own.choice(MERCHANTS)[1]),
            "name": f"{moment.own.choice(('Dog', 'Hobby', 'Сад', '子ども'))} {moment.number}",
            "is_default": False,
            "is_income": False,
            "metadata": note(moment.random),
        }

    def build_default(_: Moment) -> Row:
        times = {"created_at": None, "updated_at": None, "revision": None}
        return {"name": SHARED_CATEGORY, "is_default": True, "is_income": False} | times

    yield from live_all(belongings(user, "CAT", day, chance=0.5), day, build, pace=0.06)
    if user.number == 0:
        default = Life(guid=category_guid(SHARED_CATEGORY), born=0)
        yield from live_all([default], day, build_default, pace=0)


def tag_lives(user: User, day: Day) -> list[Life]:
    return list(belongings(user, "TAG", day, chance=0.8))


def tags(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        row: Row = {"name": "Business", "user_guid": user.life.guid, "user_id": user.id}
        if day.index >= DRIFT_DAY:
            row["revision"] = WIDE_REVISION + moment.revision
        return row

    yield from live_all(tag_lives(user, day), day, build, pace=0.1)


def goals(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        own, random = moment.own, moment.random
        is_complete = random.random() < 0.1
        account = next((account for _, account in user.accounts(day.index)), None)
        return {
            "user_guid": user.life.guid,
            "user_id": user.id,
            "account_guid": account.life.guid if account else None,
            "amount": own.choice((500.0, 2500.0, 1e17)),
            "current_amount": money(random, 500),
            "name": own.choice(("Vacances à la mer", "New car", "緊急資金")),
            "goal_type_name": own.choice(("SAVE_AMOUNT", "PAYOFF")),
            "meta_type": own.choice(("VACATION", "AUTO", "OTHER")),
            "track_type_name": None,
            "position": own.randrange(1, 5),
            "is_complete": is_complete,
            "has_been_spent": False,
            "completed_at": moment.happened_at if is_complete else None,
            "projected_to_complete_at": moment.happened_at + 90 * 86_400,
            "targeted_to_complete_at": None,
            "created_by": None,
            "metadata": note(random),
        }

    yield from live_all(belongings(user, "GOL", day, chance=0.4, most=2), day, build, pace=0.2)


def budgets(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        own, random = moment.own, moment.random
        _, category, _ = own.choice(MERCHANTS)
        amount = own.choice((200.0, 450.0, 1000.0))
        spent = money(random, 1200)
        return {
            "user_guid": user.life.guid,
            "user_id": user.id,
            "client_id": "bank",
            "category_guid": category_guid(category),
            "name": category,
            "amount": amount,
            "transaction_total": spent,
            "projected_spending": round(spent * 1.175, 3),
            "percent_spent": spent / amount * 100,
            "is_exceeded": spent > amount,
            "is_off_track": spent > amount * 0.8,
            "metadata": note(random),
        }

    yield from live_all(belongings(user, "BGT", day, chance=0.5, most=2), day, build, pace=0.2)


def spending_plans(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        own, random = moment.own, moment.random
        period = {"length": own.choice(("week", "month")), "days": own.choice((7, 30, None))}
        return {
            "user_guid": user.life.guid,
            "amount": money(random, 900, currency="KWD"),
            "is_active": random.random() < 0.9,
            "period": period if own.random() < 0.8 else None,
            "starts_on": day.date.isoformat(),
        }

    yield from live_all(belongings(user, "SPL", day, chance=0.8), day, build, pace=0.3)
