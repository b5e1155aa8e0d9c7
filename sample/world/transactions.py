"""Transactions, their taggings, and the accounts elsewhere that they show."""

from collections.abc import Iterator
from random import Random

from ingest.delivery.names import Event
from sample.world.draw import INSTITUTIONS, MERCHANTS, dice, guid, note, roll
from sample.world.life import DAY_S, Change, Day, Life, Moment, Row, deleted, live_all
from sample.world.money import TOO_LARGE, currency_of, money
from sample.world.planning import category_guid, tag_lives
from sample.world.purchases import Purchase, Step, purchases_made, recent_purchases
from sample.world.world import User, belongings


def transactions(user: User, day: Day) -> Iterator[Change]:
    for purchase in recent_purchases(user, day.index):
        for number, step in enumerate(purchase.steps):
            if purchase.made + step.days == day.index:
                row = _transaction(purchase, step, day, number=number)
                yield step.event, deleted(row) if step.event is Event.DELETED else row


def _transaction(purchase: Purchase, step: Step, day: Day, *, number: int) -> Row:
    own = dice(purchase.guid)
    user, account = purchase.user, purchase.account
    merchant, category, code = own.choice(MERCHANTS)
    category = "Gifts" if step.form == "EDITED" else category
    return {
        "guid": purchase.key(step.form),
        "id": f"transaction-{own.randrange(10**12)}",
        "account_guid": account.life.guid,
        "member_guid": purchase.member.life.guid,
        "user_guid": user.life.guid,
        "user_id": user.id,
        "client_guid": user.client_guid,
        "amount": _amount(own, purchase, form=step.form),
        "category_guid": category_guid(category),
        "category_name": category,
        "currency_code": currency_of(account),
        "description": merchant,
        "original_description": f"{merchant.upper()} #{own.randrange(10**4)}",
        "memo": note(own),
        "merchant_category_code": code,
        "merchant_guid": guid("MCH", merchant),
        "latitude": round(own.uniform(-90, 90), 7) if own.random() < 0.3 else None,
        "longitude": round(own.uniform(-180, 180), 7) if own.random() < 0.3 else None,
        "parent_guid": purchase.guid if step.form in ("PART_1", "PART_2") else None,
        "status": "PENDING" if step.form == "PENDING" else "POSTED",
        "revision": 1 + number,
        **_times(own, purchase, step, day=day, number=number),
        **_flags(own, category=category, form=step.form),
    }


def _amount(own: Random, purchase: Purchase, *, form: str) -> float:
    amount = money(own, own.choice((9, 90, 900)), currency=currency_of(purchase.account))
    if own.random() < 0.005:
        return TOO_LARGE
    return amount / 2 if form in ("PART_1", "PART_2") else amount


def _times(own: Random, purchase: Purchase, step: Step, *, day: Day, number: int) -> Row:
    days = purchase.made - day.index
    bought_at = day.at(own.random(), days=days)
    in_millis = bought_at * 1000 + own.randrange(1000)
    in_micros = in_millis * 1000 + own.randrange(1000)
    is_posted = step.form != "PENDING"
    return {
        "created_at": bought_at + 60,
        "updated_at": day.at(0.3 + number / 10),
        "date": day.at(0, days=days),
        "posted_at": bought_at + DAY_S if is_posted else None,
        "posted_on": day.date.isoformat() if is_posted else None,
        "transacted_at": own.choice((bought_at, bought_at, bought_at, in_millis, in_micros)),
        "transacted_on": own.choice((day.date.isoformat(), None, "2026-13-01")),
    }


def _flags(own: Random, *, category: str, form: str) -> Row:
    is_credit = own.random() < 0.1
    return {
        "transaction_type": "CREDIT" if is_credit else "DEBIT",
        "top_level_category": "Income" if is_credit else "Spending",
        "has_been_split": form == "SPLIT",
        "has_been_viewed": form == "EDITED",
        "is_bill_pay": category == "Utilities",
        "is_business": own.choice((False, False, None)),
        "is_direct_deposit": is_credit,
        "is_expense": not is_credit,
        "is_fee": False,
        "is_flagged": form == "EDITED",
        "is_hidden": False,
        "is_income": is_credit,
        "is_international": own.choice((None, False, True)),
        "is_manual": False,
        "is_overdraft_fee": False,
        "is_payroll_advance": False,
        "is_recurring": category == "Mortgage & Rent",
        "is_subscription": own.random() < 0.05,
        "member_is_managed_by_user": True,
    }


def taggings(user: User, day: Day) -> Iterator[Change]:
    for tag in tag_lives(user, day):
        for purchase in recent_purchases(user, day.index):
            chance = roll(purchase.guid, tag.guid)
            if chance >= 0.15:
                continue

            def build(_: Moment, tag: Life = tag, purchase: Purchase = purchase) -> Row:
                return {
                    "tag_guid": tag.guid,
                    "tag_name": "Business",
                    "transaction_guid": purchase.guid,
                    "user_guid": user.life.guid,
                    "user_id": user.id,
                    "member_is_managed_by_user": True,
                }

            life = Life(
                guid=guid("TGN", purchase.guid, tag.guid),
                born=purchase.made,
                ended=purchase.made + 2 if chance < 0.03 else None,
            )
            yield from live_all([life], day, build, pace=0.02)


def discovered_accounts(user: User, day: Day) -> Iterator[Change]:
    def build(moment: Moment) -> Row:
        institution = moment.own.choice(INSTITUTIONS)
        return {
            "user_guid": user.life.guid,
            "client_guid": user.client_guid,
            "institution_guid": guid("INS", institution),
            "institution_name": institution,
            "account_type": moment.random.choice(("CREDIT_CARD", "LOAN")),
            "name": f"{institution} card",
        }

    yield from live_all(_discovered(user, day), day, build, pace=0.1)


def discovered_transactions(user: User, day: Day) -> Iterator[Change]:
    for account in _discovered(user, day):
        for purchase in purchases_made(user, day.index):
            if roll(purchase.guid, "betrays") > 0.3:
                continue

            def build(_: Moment, account: Life = account, purchase: Purchase = purchase) -> Row:
                return {
                    "discovered_account_guid": account.guid,
                    "transaction_guid": purchase.guid,
                    "user_guid": user.life.guid,
                    "client_guid": user.client_guid,
                }

            life = Life(guid=guid("DTR", purchase.guid), born=day.index)
            yield from live_all([life], day, build, pace=0.05)


def _discovered(user: User, day: Day) -> Iterator[Life]:
    return belongings(user, "DAC", day, chance=0.5)
