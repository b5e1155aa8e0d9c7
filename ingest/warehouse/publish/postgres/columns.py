"""The columns of a table in PostgreSQL: names, types, and values as COPY reads them.

Types are as wide as the values that may come later, so that a table is seldom created again: every
integer is a bigint, every float a double.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from ingest.warehouse.database import quoted

NAME_BYTES: Final = 63
"""PostgreSQL cuts a longer name off, without an error."""
RESERVED: Final = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}
"""Columns that every table of PostgreSQL has."""
BIGINT: Final = {"TINYINT", "UTINYINT", "SMALLINT", "USMALLINT", "INTEGER", "UINTEGER", "BIGINT"}
PLAIN: Final = {
    **dict.fromkeys(BIGINT, "bigint"),
    "BOOLEAN": "boolean",
    "UBIGINT": "numeric(20,0)",
    "HUGEINT": "numeric(39,0)",
    "UHUGEINT": "numeric(39,0)",
    "UUID": "uuid",
    "TIME": "time without time zone",
    "INTERVAL": "interval",
}
FLOATS: Final = {"FLOAT", "DOUBLE"}
TIMED: Final = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
WITH_ZONE: Final = "TIMESTAMP WITH TIME ZONE"
DECIMAL: Final = re.compile(r"DECIMAL\((\d+),(\d+)\)")
NESTED: Final = re.compile(r"(STRUCT|MAP|UNION)\(.*|.*\]|JSON|VARIANT", re.DOTALL)

EARLIEST: Final = "4713-01-01 (BC)"
LATEST_DATE: Final = "5874897-12-31"
"""The first and last day of PostgreSQL's dates; DuckDB has earlier and later ones."""
NULL: Final = r"'\N'"
NUL: Final = "chr(0)"
REPLACEMENT: Final = "chr(65533)"
ESCAPES: Final = (
    ("chr(92)", r"'\\'"),
    ("chr(10)", r"'\n'"),
    ("chr(13)", r"'\r'"),
    ("chr(9)", r"'\t'"),
)
"""What stands for these characters in the text format of COPY."""
NOT_A_NUMBER: Final = r"""'"((?:[^"\\]|\\.)*)"|(-?(?:NaN|Infinity))'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a release."""

    name: str
    kind: str
    """Its type in DuckDB."""
    comment: str

    @property
    def postgres_name(self) -> str:
        return postgres_name(self.name)

    @property
    def postgres_comment(self) -> str:
        """The column's comment; if it has another name there, its own name comes first."""
        is_renamed = self.postgres_name != self.name
        named = [f"Called {self.name} in the release"] if is_renamed else []
        return ". ".join([*named, *([self.comment] if self.comment else [])])

    @property
    def postgres_type(self) -> str:
        """The type in PostgreSQL, in the words of its `format_type`."""
        if self.kind in PLAIN:
            return PLAIN[self.kind]
        if self.kind in FLOATS:
            return "double precision"
        if match := DECIMAL.fullmatch(self.kind):
            return f"numeric({match[1]},{match[2]})"
        if self.kind in TIMED:
            return "timestamp without time zone"
        more = {WITH_ZONE: "timestamp with time zone", "DATE": "date", "BLOB": "bytea"}
        return more.get(self.kind, "jsonb" if NESTED.fullmatch(self.kind) else "text")

    @property
    def copied(self) -> str:
        """Write in DuckDB's SQL the value as COPY reads it."""
        return f"coalesce({self._text()}, {NULL})"

    @property
    def misfit(self) -> str | None:
        """Write in SQL whether PostgreSQL cannot hold a value; None where it holds every value."""
        name = quoted(self.name)
        match self.postgres_type:
            case "text":
                return f"contains(cast({name} as varchar), {NUL})"
            case "jsonb":
                text = f"cast(to_json({name}) as varchar)"
                return rf"contains(replace({text}, '\\', ''), '\u0000')"
            case "date" | "timestamp without time zone" | "timestamp with time zone":
                return f"isfinite({name}) and {name} <> {self._within(name)}"
        return None

    def _text(self) -> str:
        name = quoted(self.name)
        match self.postgres_type:
            case "bytea":
                return rf"'\\x' || hex({name})"
            case "double precision":
                return f"cast(cast({name} as double) as varchar)"
            case "date" | "timestamp without time zone" | "timestamp with time zone":
                return f"replace(cast({self._within(name)} as varchar), ' (BC)', ' BC')"
            case "jsonb":
                return _escaped(_json(f"cast(to_json({name}) as varchar)"))
            case "text":
                text = f"cast({name} as varchar)"
                return _escaped(f"replace({text}, {NUL}, {REPLACEMENT})")
        return f"cast({name} as varchar)"

    def _within(self, name: str) -> str:
        """Replace a time that PostgreSQL does not have by `infinity`."""
        if self.kind == "TIMESTAMP_NS":  # from 1677 to 2262
            return name
        kind = "date" if self.kind == "DATE" else self.kind
        first = f"cast('{EARLIEST}' as date)"
        early = f"when {name} < {first} then cast('-infinity' as {kind})"
        last = f"when {name} > cast('{LATEST_DATE}' as date) then cast('infinity' as {kind})"
        return f"case {early} {last if kind == 'date' else ''} else {name} end"


def postgres_name(name: str) -> str:
    """Give a name that PostgreSQL can hold, always the same one."""
    if len(name.encode()) <= NAME_BYTES and name not in RESERVED:
        return name
    suffix = "_" + hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: NAME_BYTES - len(suffix)].decode(errors="ignore") + suffix


def _escaped(text: str) -> str:
    for character, escape in ESCAPES:
        text = f"replace({text}, {character}, {escape})"
    return text


def _json(text: str) -> str:
    r"""Write in SQL what jsonb takes: no `\u0000`, and NaN as PostgreSQL's own to_jsonb has it.

    An escaped backslash before `u0000` is set aside meanwhile: that text is no NUL.
    """
    kept = rf"replace(replace(replace({text}, '\\', {NUL}), '\u0000', {REPLACEMENT}), {NUL}, '\\')"
    quoted_numbers = rf"""regexp_replace({kept}, {NOT_A_NUMBER}, '"\1\2"', 'g')"""
    has_some = f"contains({text}, 'NaN') or contains({text}, 'Infinity')"
    return f"case when {has_some} then {quoted_numbers} else {kept} end"
