"""Accounts and their holdings."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from sample.world.draw import guid, note, person
from sample.world.life import Change, Day, Life, Moment, Row, live_all
from sample.world.people import institution_of
from sample.world.world import Account, Member, User

CURRENCIES = ("USD", "USD", "USD", "USD", "CAD", "EUR", "JPY", "KWD")
SUBTYPES = {"CHECKING": ("MONEY_MARKET", None), "INVESTMENT": ("PLAN_401_K", "BROKERAGE")}
SECURITIES = (
    ("Example Total Market Fund", "EXTM", "MUTUAL_FUND"),
    ("Example Industries, Inc.", "EXIN", "EQUITY"),
    ("État d'Exemple 2.5% 2031", None, "BOND"),
)
ASSET_CLASSES = (
    *("cash", "convertible", "foreign_bond", "foreign_stock", "other"),
    *("preferred", "unknown", "us_bond", "us_stock"),
)
TOO_LARGE = 1e20


def accounts(user: User, day: Day) -> Iterator[Change]:
    for member, account in user.accounts(day.index):

        def build(moment: Moment, member: Member = member, account: Account = account) -> Row:
            row = _account(user, member, account, moment)
            return row | _kind_of_account(account, moment, balance=row["balance"])

        yield from live_all([account.life], day, build, pace=0.4)


def currency_of(account: Account) -> str:
    """Draw an account's currency, of which some have no or three decimals."""
    return Random(account.life.guid).choice(CURRENCIES)


def money(random: Random, most: float, *, currency: str = "USD") -> float:
    """Draw an amount with as many decimals as its currency has."""
    return round(random.random() * most, {"JPY": 0, "KWD": 3}.get(currency, 2))


def _account(user: User, member: Member, account: Account, moment: Moment) -> Row:
    own, random = moment.own, moment.random
    balance = money(random, 9000, currency=currency_of(account))
    return {
        "id": f"account-{own.randrange(10**8)}",
        "account_number": f"XXXX{own.randrange(10**4):04d}",
        "account_type": account.kind,
        "account_subtype": own.choice(SUBTYPES.get(account.kind, (None,))),
        "available_balance": balance - 0.5 if random.random() < 0.8 else None,
        "balance": TOO_LARGE if random.random() < 0.01 else balance,
        "client_guid": user.client_guid,
        "client_id": "bank",
        "currency_code": currency_of(account),
        "imported_at": moment.created_at,
        "institution_code": None,
        "institution_guid": guid("INS", institution_of(member.life)),
        "is_closed": False,
        "is_hidden": random.random() < 0.05,
        "is_manual": False,
        "member_guid": member.life.guid,
        "member_id": None,
        "member_is_managed_by_user": True,
        "metadata": note(random),
        "name": f"{account.kind.replace('_', ' ').title()} {own.randrange(100)}",
        "nickname": f"{person(own)[0]} – 💰" if own.random() < 0.2 else None,
        "routing_number": f"{own.randrange(10**9):09d}",
        "started_on": f"{own.randint(1999, 2024)}-0{own.randint(1, 9)}-15",
        "user_guid": user.life.guid,
        "user_id": user.id,
    }


def _kind_of_account(account: Account, moment: Moment, *, balance: float) -> Row:
    own, random = moment.own, moment.random
    match account.kind:
        case "CREDIT_CARD":
            limit = own.choice((1500.0, 5000.0, 20000.0))
            return {
                "apr": round(10 + own.random() * 15, 4),
                "credit_limit": limit,
                "available_credit": limit - 100.25,
                "day_payment_is_due": own.randint(1, 28),
                "last_payment": money(random, 500),
                "last_payment_at": moment.happened_at - 9 * 86_400,
                "minimum_payment": 25.0,
                "payment_due_at": moment.happened_at + 12 * 86_400,
                "statement_balance": money(random, 2000),
            }
        case "MORTGAGE":
            return {
                "interest_rate": round(2 + own.random() * 4, 6),
                "loan_amount": 250_000.0,
                "original_balance": 300_000.0,
                "payoff_balance": 251_337.005,
                "matures_on": f"20{own.randint(35, 55)}-06-30",
                "property_type": "HOUSE",
            }
        case "INVESTMENT":
            return {
                "cash_balance": money(random, 900),
                "holdings_value": balance,
                "total_account_value": balance,
                "today_ugl_amount": round(random.uniform(-50, 50), 2),
                "today_ugl_percentage": round(random.uniform(-2, 2), 7),
                "margin_balance": 0.0,
            }
        case _:
            return {"apy": own.choice((0.01, 1.25, 4.3)), "minimum_balance": 100.0}


def holdings(user: User, day: Day) -> Iterator[Change]:
    for member, account in user.accounts(day.index):
        if account.kind != "INVESTMENT":
            continue

        def build(moment: Moment, member: Member = member, account: Account = account) -> Row:
            return _holding(user, member, account, moment)

        lives = [
            Life(guid=guid("HOL", account.life.guid, number), born=account.life.born)
            for number in range(len(SECURITIES))
        ]
        yield from live_all(lives, day, build, pace=0.6)


def _holding(user: User, member: Member, account: Account, moment: Moment) -> Row:
    own, random = moment.own, moment.random
    description, symbol, holding_type = own.choice(SECURITIES)
    shares = Decimal(own.randrange(1, 10**8)).scaleb(-6)
    price = Decimal(random.randrange(100, 90_000)).scaleb(-2)
    allocation = own.randrange(len(ASSET_CLASSES))
    return {
        "id": None,
        "account_guid": account.life.guid,
        "member_guid": member.life.guid,
        "user_guid": user.life.guid,
        **{f"allocations_{name}": Decimal(0) for name in ASSET_CLASSES},
        f"allocations_{ASSET_CLASSES[allocation]}": Decimal(100),
        "bond_coupon_rate": Decimal("2.5") if holding_type == "BOND" else None,
        "bond_maturity_date": "2031-11-25" if holding_type == "BOND" else None,
        "cost_basis": round(shares * 90, 4),
        "currency_code": "USD",
        "daily_change": Decimal(random.randrange(-500, 500)).scaleb(-3),
        "description": description,
        "equity_classification": "LARGE_CORE" if holding_type == "EQUITY" else None,
        "holding_type": holding_type,
        "holding_type_id": own.randrange(1, 9),
        "isin": None,
        "market_value": round(shares * price, 4),
        "metadata": note(random),
        "purchase_price": price,
        "shares": shares,
        "symbol": symbol,
    }
