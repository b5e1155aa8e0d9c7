"""Rules of the SQL, each with a change of one text that switches it off."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A rule, and the change of one text that switches it off."""

    without: str
    file: str
    old: str
    new: str

    def change(self, project: Path) -> None:
        """Change the text in a copy of the project."""
        path = project / self.file
        text = path.read_text()
        assert text.count(self.old) == 1, f"{self.file}: expected {self.old} once"
        path.write_text(text.replace(self.old, self.new))

    @property
    def fails(self) -> bool:
        """Whether the build fails, instead of making other tables."""
        return self.without == UNREADABLE


UNREADABLE = "a look at files that cannot be read"
RULES: dict[str, dict[str, tuple[str, str]]] = {
    "macros/event_order.sql": {
        "the rank of created rows before updated ones": (
            "when 'updated' then 2",
            "when 'updated' then 0.5",
        ),
        "the rank of deleted rows after updated ones": ("else 3", "else 1.5"),
        "the rank of baselines before a day's events": (
            "when 'baseline' then 0",
            "when 'baseline' then 2.5",
        ),
        "the order of files of one day and event": ("    _source_file {{ direction }},\n", ""),
        "the order of rows in a file": (
            "    _row_number {{ direction }}",
            "    -_row_number {{ direction }}",
        ),
    },
    "macros/reduce_events.sql": {
        "values that a delete leaves alone": (
            "row_number() over (\n            partition by _client_guid, guid, _event = 'deleted'",
            "row_number() over (\n            partition by _client_guid, guid",
        ),
        "the client in a key": (
            "row_number() over (\n            partition by _client_guid, guid, _event = 'deleted'",
            "row_number() over (\n            partition by guid, _event = 'deleted'",
        ),
        "keys that come back after a delete": (
            "decided_keys._snapshot_date > decided_keys._snapshot_date_deleted,",
            "decided_keys._snapshot_date_deleted is null,",
        ),
        "deletes that follow all other events of their day": (
            "decided_keys._snapshot_date > decided_keys._snapshot_date_deleted,",
            "decided_keys._snapshot_date >= decided_keys._snapshot_date_deleted,",
        ),
        "keys of the rows in changed files": (
            "where guid is not null and {{ is_of(files) }}",
            "where false",
        ),
        "keys whose values a changed file decided": (
            "    where {{ is_of(files) }}",
            "    where false",
        ),
        "keys whose delete a changed file decided": (
            'where {{ is_of(files, which="_deleted") }}',
            "where false",
        ),
        "an end to keys whose every row was withdrawn": (
            "where _source_file is null and _source_file_deleted is null",
            "where false",
        ),
    },
    "dbt_project.yml": {
        "the client in the key of an increment": (
            "+unique_key: [_client_guid, guid]",
            "+unique_key: [guid]",
        ),
        "columns that are new": (
            "+incremental_strategy: append\n      +on_schema_change: append_new_columns",
            "+incremental_strategy: append",
        ),
    },
    "macros/changed_files.sql": {
        "an end to the rows of a changed file": (
            "delete from {{ this }} where {{ is_of(files) }}",
            "delete from {{ this }} where false",
        ),
        "an end to the rows of a file that came again empty": (
            'changed_files(model.name.removeprefix("stg_"))',
            "changed_files('nobody')"
            " if fetch('select path from ops.changed_files where is_landed and record_count = 0')"
            ' else changed_files(model.name.removeprefix("stg_"))',
        ),
        "the names of changed files beside their days": (
            "and {{ of }}_source_file{{ which }} in (",
            "or {{ of }}_source_file{{ which }} in (",
        ),
    },
    "models/ops/changed_files.sql": {
        "a look at the bytes of a file": (
            "    and landed.plain_sha256 = applied.plain_sha256\n",
            "",
        ),
        "files that were taken out": (
            "is_landed\nfrom {{ source('bookkeeping', 'applied_files') }} as applied",
            "is_landed\nfrom (from ops.applied_files where false) as applied",
        ),
    },
    "models/ops/landed_files.sql": {
        "the latest record of a file": (
            "order by recorded_at desc\n        ) as age",
            "order by recorded_at\n        ) as age",
        ),
    },
    "models/ops/unreadable_files.sql": {
        UNREADABLE: ("where tried.problem is not null", "where false"),
    },
    "macros/rebuild.sql": {
        "tables made anew for a wider type": (
            "and applied.column_type = staged.column_type",
            "and true",
        ),
    },
    "models/ops/hidden_users.sql": {
        "the delete of an owner": ("not seen._event_is_live", "false"),
    },
    "models/current/accounts.sql": {
        "the owner of a row": (
            "hidden.guid = cast(live.user_guid as {{ dbt.type_string() }})",
            "hidden.guid = 'nobody'",
        ),
        "the client of an owner": (
            "hidden._client_guid = live._client_guid\n            and hidden.guid = cast(live.mem",
            "hidden.guid = cast(live.mem",
        ),
    },
    "models/ops/hidden_accounts.sql": {
        "the owner of a row's owner": (
            "hidden.guid = cast(seen.member_guid as {{ dbt.type_string() }})",
            "hidden.guid = 'nobody'",
        ),
    },
    "models/ops/hidden_members.sql": {
        "the owner of an owner of a row's owner": (
            "hidden.guid = cast(seen.user_guid as {{ dbt.type_string() }})",
            "hidden.guid = 'nobody'",
        ),
    },
    "macros/current.sql": {
        "rows without a guid": (
            'where {{ "events.guid is null and " if has_keys }}',
            "where false and ",
        ),
        "an exception for the deleted rows of a log": ("events._event <> 'deleted'", "true"),
    },
    "macros/number_versions.sql": {
        "an exception for rows without a guid in history": ("where guid is not null", "where true"),
        "deletes that are no versions": (
            "sum(case when _event = 'deleted' then 0 else 1 end)",
            "sum(1)",
        ),
    },
    "macros/new_resources.sql": {
        "an end to the rows of a new resource's changed file": (
            '" where " ~ is_of(changed_files(resource))',
            '" where false"',
        ),
        "an end to the withdrawn keys of a new resource": (
            "        delete_withdrawn_keys(state),\n",
            "",
        ),
        "new tables for a new column of a new resource": (
            ' and columns | reject("in", column_names(staging)) | list == []',
            "",
        ),
        "the owner of a new resource's row": (
            "hidden.guid = cast(live.user_guid as {{ dbt.type_string() }})",
            "hidden.guid = 'nobody'",
        ),
    },
}

MUTANTS = [
    Mutant(without=without, file=file, old=old, new=new)
    for file, rules in RULES.items()
    for without, (old, new) in rules.items()
]
