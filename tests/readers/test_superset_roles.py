"""Who is given the masked connection alone, as docs/readers.md says to, has no other."""

import secrets
from typing import Any
from urllib.parse import quote

import pytest

from tests.readers.superset import RefusedError, Superset

ROLES = ("Gamma", "sql_lab")


@pytest.fixture(scope="module")
def analyst(bi: Superset, masked_database: int) -> Superset:
    """A user with Superset's roles for those who ask, and one connection."""
    [view] = listed(bi, "resources", "name", "eq", f"'[warehouse_masked].(id:{masked_database})'")
    [access] = listed(bi, "permissions-resources", "view_menu", "rel_o_m", view["id"])
    own = bi.call("security/roles/", {"name": "Masked"})["id"]
    granted = {"permission_view_menu_ids": [access["id"]]}
    bi.call(f"security/roles/{own}/permissions", granted)
    found = [listed(bi, "roles", "name", "eq", name)[0]["id"] for name in ROLES]
    password = secrets.token_urlsafe(16)
    user = {"first_name": "Ana", "last_name": "Lyst", "email": "analyst@localhost", "active": True}
    user |= {"username": "analyst", "password": password, "roles": [own, *found]}
    bi.call("security/users/", user)
    return bi.logged_in("analyst", password=password)


def listed(bi: Superset, what: str, column: str, operator: str, value: object) -> list[Any]:
    chosen = quote(f"(filters:!((col:{column},opr:{operator},value:{value})))")
    return list(bi.call(f"security/{what}/?q={chosen}")["result"])


def chart_rows(bi: Superset, dataset: int) -> list[dict[str, Any]]:
    count = {"expressionType": "SQL", "sqlExpression": "count(*)", "label": "counted"}
    question = {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [{"columns": [], "metrics": [count]}],
    }
    return list(bi.call("chart/data", question)["result"][0]["data"])


def test_the_masked_connection_answers_queries_and_charts(
    bi: Superset, analyst: Superset, masked_database: int
) -> None:
    dataset = bi.add_dataset("members", database=masked_database)

    asked = analyst.query("select count(*) as counted from members", database=masked_database)

    assert asked == chart_rows(analyst, dataset) != [{"counted": 0}]


def test_the_full_connection_is_refused(bi: Superset, analyst: Superset, database: int) -> None:
    dataset = bi.add_dataset("goals", database=database)

    with pytest.raises(RefusedError, match="was not found"):
        analyst.query("select count(*) as counted from goals", database=database)
    with pytest.raises(RefusedError, match="requires the datasource"):
        chart_rows(analyst, dataset)
