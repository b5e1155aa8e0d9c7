"""Users, and their members, devices and profiles."""

from collections.abc import Iterator

from sample.world.draw import INSTITUTIONS, guid, note, person, pick, roll
from sample.world.life import Change, Day, Life, Moment, Row, live_all
from sample.world.world import User, belongings

MISFIT_BIRTHDAYS = ("unknown", "1985-02-30", "0000-00-00", "")
LANGUAGES = ("en", "fr-CA", "es", "zh-Hant", None)


def users(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        own, random = moment.own, moment.random
        first_name, last_name = person(own)
        birthday = f"{own.randint(1935, 2006)}-{own.randint(1, 12):02d}-{own.randint(1, 28):02d}"
        return {
            "id": user.id,
            "client_guid": user.client_guid,
            "birthday": own.choice(MISFIT_BIRTHDAYS) if own.random() < 0.08 else birthday,
            "credit_score": random.choice((None, random.randint(300, 850))),
            "email": f"user{user.number}@example.com" if own.random() < 0.9 else None,
            "email_is_verified": own.choice((True, True, False, None)),
            "first_name": first_name,
            "last_name": last_name,
            "gender": own.choice((0, 1, None)),
            "is_disabled": random.random() < 0.02,
            "logged_in_at": moment.happened_at - random.randrange(86_400),
            "metadata": note(random),
            "phone": f"+1555{own.randrange(10**7):07d}" if own.random() < 0.7 else None,
            "phone_is_verified": own.choice((True, False, None)),
            "postal_code": f"{own.randrange(10**5):05d}",
            "preferred_language": own.choice(LANGUAGES),
        }

    yield from live_all([user.life], day, build, pace=0.3)


def members(user: User, day: Day) -> Iterator[Change]:
    if user.life.is_alive(day.index):
        lives = [member.life for member in user.members]
        yield from live_all(lives, day, lambda moment: _member(user, moment), pace=0.5)


def institution_of(life: Life) -> str:
    return pick(INSTITUTIONS, life.guid)


def _member(user: User, moment: Moment) -> Row:
    own, random = moment.own, moment.random
    institution = institution_of(moment.life)
    is_connected = random.random() < 0.85
    return {
        "id": f"connection-{own.randrange(10**6)}",
        "user_guid": user.life.guid,
        "user_id": user.id,
        "client_guid": user.client_guid,
        "institution_guid": guid("INS", institution),
        "institution_code": f"inst_{INSTITUTIONS.index(institution)}",
        "name": institution,
        "aggregated_at": moment.happened_at - 120,
        "successfully_aggregated_at": moment.happened_at if is_connected else None,
        "connection_status": "CONNECTED" if is_connected else "DENIED",
        "connection_status_id": 6 if is_connected else 2,
        "connection_status_message": None if is_connected else "Enter your password again.",
        "is_being_aggregated": False,
        "is_managed_by_user": own.random() < 0.8,
        "is_manual": False,
        "is_oauth": own.choice((True, False)),
        "needs_updated_credentials": not is_connected,
        "background_aggregation_is_disabled": own.random() < 0.05,
        "metadata": note(random),
    }


def devices(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        own = moment.own
        platform = own.choice(("iOS", "Android"))
        return {
            "user_guid": user.life.guid,
            "client_guid": user.client_guid,
            "app_guid": guid("APP", user.client_guid, platform),
            "app_version": f"5.{day.index // 7}.{own.randrange(4)}",
            "name": f"{person(own)[0]}'s phone",
            "make": "Apple" if platform == "iOS" else "Generic",
            "model": f"Model {own.randrange(1, 20)}",
            "platform": platform,
            "os_version": f"{own.randrange(12, 19)}.{own.randrange(6)}",
            "is_active": moment.random.random() < 0.95,
        }

    lives = belongings(user, "DEV", day, chance=0.7)
    yield from live_all(lives, day, build, pace=0.05)


def notification_profiles(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        own, random = moment.own, moment.random
        account = next((account for _, account in user.accounts(day.index)), None)
        return {
            "user_guid": user.life.guid,
            "client_guid": user.client_guid,
            "entity_guid": account.life.guid if account else None,
            "notification_type": own.randrange(1, 30),
            "threshold": own.choice((None, 50.0, 100.5, 0.285, 1234.5678915)),
            "is_enabled": random.random() < 0.8,
            "email_is_enabled": random.random() < 0.8,
            "sms_is_enabled": random.random() < 0.3,
            "push_is_enabled": random.random() < 0.6,
            "in_app_is_enabled": True,
        }

    lives = belongings(user, "NTF", day, chance=0.8)
    yield from live_all(lives, day, build, pace=0.04)


def user_communication_profiles(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        row: Row = {"user_guid": user.life.guid}
        for number, channel in enumerate(("all", "email", "push", "sms")):
            is_out = roll(moment.life.guid, day.index, channel) < 0.2
            row[f"opted_out_of_{channel}_notifications"] = is_out
            row[f"opted_out_of_{channel}_notifications_updated_at"] = (
                moment.happened_at + number if is_out else None
            )
        return row

    lives = belongings(user, "UCP", day, chance=1)
    yield from live_all(lives, day, build, pace=0.05)
