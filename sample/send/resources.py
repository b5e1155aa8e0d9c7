"""Every resource and the function that makes its changes, in the order of MX's list."""

from collections.abc import Callable, Iterator
from typing import Final

from sample.send.schema import SURPRISE, SURPRISE_DAY
from sample.world import activity, money, people, planning, transactions
from sample.world.life import Change, Day
from sample.world.world import Client, User

Changes = Callable[[User, Day], Iterator[Change]]

RESOURCES: Final[dict[str, Changes]] = {
    "users": people.users,
    "members": people.members,
    "accounts": money.accounts,
    "transactions": transactions.transactions,
    "holdings": money.holdings,
    "categories": planning.categories,
    "tags": planning.tags,
    "taggings": transactions.taggings,
    "goals": planning.goals,
    "budgets": planning.budgets,
    "notification_profiles": people.notification_profiles,
    "beat": activity.beat,
    "beat_feedback": activity.beat_feedback,
    "devices": people.devices,
    "analytics_events": activity.analytics_events,
    "analytics_pageviews": activity.analytics_pageviews,
    "analytics_screenviews": activity.analytics_screenviews,
    "analytics_timed_events": activity.analytics_timed_events,
    "insights": activity.insights,
    "user_communication_profiles": people.user_communication_profiles,
    "discovered_accounts": transactions.discovered_accounts,
    "discovered_transactions": transactions.discovered_transactions,
    SURPRISE: planning.spending_plans,
}


def resources_of(day: Day, *, surprise: bool) -> list[str]:
    """List the resources in the delivery of a day."""
    has_surprise = surprise and day.index >= SURPRISE_DAY
    return [name for name in RESOURCES if name != SURPRISE or has_surprise]


def changes_of(resource: str, *, client: Client, day: Day) -> Iterator[Change]:
    """Yield every event of one resource on one day, in the order of the files' rows."""
    for user in client.users:
        yield from RESOURCES[resource](user, day)
