"""Activity of users: beats, feedback, insights and the logs of clicks and views."""

from collections.abc import Iterator

from ingest.delivery.names import Event
from sample.world.draw import dice, guid, note, roll
from sample.world.life import DRIFT_DAY, Change, Day, Life, Moment, Row, live_all
from sample.world.purchases import purchases_made
from sample.world.world import User

TEMPLATES = ("SpendingIncrease", "LargeDeposit", "UpcomingBill")
BEAT_DAYS = 3
SCREENS = ("home", "accounts", "transfer", "spending, by month")


def beat(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        own = moment.own
        accounts = [account.life.guid for _, account in user.accounts(day.index)]
        bought = [purchase.guid for purchase in purchases_made(user, moment.life.born)]
        return {
            "user_guid": user.life.guid,
            "user_id": user.id,
            "client_guid": user.client_guid,
            "account_guids": own.choice((accounts, accounts[:1], [], None)),
            "account_ids": None,
            "transaction_guids": bought,
            "primary_account_guid": accounts[0] if accounts else None,
            "primary_transaction_guid": bought[0] if bought else None,
            "active_at": moment.created_at,
            "expires_at": moment.created_at + 14 * 86_400,
            "displayed_at": moment.happened_at if moment.number else None,
            "title": "You spent more than usual",
            "description": note(own),
            "digest": moment.life.guid[-12:],
            "template": own.choice(TEMPLATES),
            "has_been_displayed": moment.number > 0,
            "is_deleted": False,
            "is_dismissed": moment.number > 1,
            "is_relevant": True,
        }

    yield from live_all(_beats(user, day), day, build, pace=0.5)


def insights(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        own = moment.own
        return {
            "client_guid": user.client_guid,
            "user_guid": user.life.guid,
            "user_id": user.id,
            "active_at": moment.created_at,
            "cta_clicked_at": moment.happened_at if moment.number else None,
            "title": "Tu as dépensé plus que d'habitude",
            "description": note(own),
            "template": own.choice(TEMPLATES),
            "micro_title": "Plus que d'habitude",
            "micro_description": None,
            "micro_call_to_action": "Voir",
            "has_associated_accounts": True,
            "has_associated_categories": False,
            "has_associated_merchants": own.choice((True, False)),
            "has_associated_scheduled_payments": False,
            "has_associated_transactions": True,
            "has_been_displayed": moment.number > 0,
            "is_dismissed": moment.number > 1,
        }

    yield from live_all(_beats(user, day), day, build, pace=0.4)


def beat_feedback(user: User, day: Day) -> Iterator[Change]:
    for life in _beats(user, day):
        if life.born >= day.index or roll(life.guid, "is judged") > 0.6:
            continue

        def build(moment: Moment, life: Life = life) -> Row:
            return {
                "beat_guid": life.guid,
                "user_guid": user.life.guid,
                "client_guid": user.client_guid,
                "rating": moment.random.choice((-1, 1, None)),
                "comment": note(moment.random),
                "template": None,
            }

        feedback = Life(guid=guid("BFB", life.guid), born=life.born + 1)
        yield from live_all([feedback], day, build, pace=0.1)


def _beats(user: User, day: Day) -> Iterator[Life]:
    for made in range(day.index - BEAT_DAYS, day.index + 1):
        if user.life.is_alive(made) and roll(user.life.guid, made, "beat") < 0.2:
            key = guid("BET", user.life.guid, made)
            ended = made + 2 if roll(key, "ends") < 0.2 else None
            yield Life(guid=key, born=made, ended=ended)


def analytics_events(user: User, day: Day) -> Iterator[Change]:
    for row in _log(user, day, "events", most=4):
        action = {"action": "click", "category": "budgets", "label": None, "value": "1,5"}
        yield Event.CREATED, row | action | {"name": "budget; opened"}
        if roll(user.life.guid, day.index, "log is deleted") < 0.01:
            yield Event.DELETED, row


def analytics_pageviews(user: User, day: Day) -> Iterator[Change]:
    for row in _log(user, day, "pageviews", most=2):
        browser = {"browser_name": "Browser", "browser_version": "1.0", "user_agent": "Browser/1.0"}
        yield Event.CREATED, row | browser | {"host": "bank.example.com", "path": "/?q=é&r=%20"}


def analytics_screenviews(user: User, day: Day) -> Iterator[Change]:
    for row in _log(user, day, "screenviews", most=3):
        yield Event.CREATED, row | {"data_source": "mobile"}


def analytics_timed_events(user: User, day: Day) -> Iterator[Change]:
    for number, row in enumerate(_log(user, day, "timed", most=2)):
        duration = int(roll(user.life.guid, day.index, number) * 9000)
        is_fine = day.index >= DRIFT_DAY
        timed = {"category": "startup", "label": "cold start"}
        yield Event.CREATED, row | timed | {"duration": duration + 0.25 if is_fine else duration}


def _log(user: User, day: Day, kind: str, *, most: int) -> Iterator[Row]:
    if not user.life.is_alive(day.index):
        return
    random = dice(user.life.guid, day.index, kind)
    for _ in range(random.randint(0, most)):
        is_web = random.random() < 0.5
        yield {
            "client_guid": user.client_guid,
            "user_guid": user.life.guid if random.random() < 0.95 else None,
            "session_guid": guid("ANS", user.life.guid, day.index),
            "device_guid": None if is_web else guid("DEV", user.life.guid, 0),
            "app_guid": None if is_web else guid("APP", user.client_guid, "iOS"),
            "app_version": None if is_web else "5.1.0",
            "created_at": day.at(random.random()),
            "data_source": "web" if is_web else "mobile",
            "name": random.choice(SCREENS),
        }
