"""Print what a DuckDB of any age finds in a published file: rows and a sum of hashes, by relation.

Arguments: the file, and as JSON which text stands for which parameter of a table macro.
"""

import json
import sys

import duckdb

RELATIONS = """
    select schema_name, table_name from duckdb_tables() where not internal
    union all
    select schema_name, view_name from duckdb_views() where not internal
    order by all
"""
MACROS = """
    select schema_name, function_name, parameters from duckdb_functions()
    where function_type = 'table_macro' and not internal
    order by all
"""


def main() -> None:
    path, arguments = sys.argv[1], json.loads(sys.argv[2])
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = [
            f'"{schema}"."{name}"' for schema, name in connection.execute(RELATIONS).fetchall()
        ]
        for schema, name, parameters in connection.execute(MACROS).fetchall():
            values = ", ".join(f"'{arguments[parameter]}'" for parameter in parameters)
            found.append(f'"{schema}"."{name}"({values})')
        digests = {each: digest(connection, each) for each in found}
    print(json.dumps({"engine": duckdb.__version__, "digests": digests}))


def digest(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """Count rows, and sum a hash of each as text: the order of rows does not matter."""
    # as JSON: the text of a row is not the same in DuckDB 1 and 2 where a value has a backslash
    as_text = "cast(to_json(found) as varchar)"
    query = f"select count(*), sum(md5_number_lower({as_text})) from {relation} as found"
    [row] = connection.execute(query).fetchall()
    return [str(value) for value in row]


if __name__ == "__main__":
    main()
