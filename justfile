# the one .env, wherever a recipe's program works
export MX_ENV_FILE := justfile_directory() / ".env"
python := ".venv/bin/python"
resolve := 'uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --custom-compile-command "just lock"'

# list the recipes
default:
    @{{ just_executable() }} --list --unsorted

# make .venv from the lock file, and see that gpg is there
setup:
    @sh .ci/setup

# the whole way on synthetic deliveries: sender, SFTP (or https), verify, land, tables
demo way="sftp": setup
    @{{ python }} -m ingest.commands.demo {{ way }}

# fetch, verify and land all that is new; the last line says what is not whole
ingest *args: setup
    @.venv/bin/ingest run {{ args }} || [ $? -eq 3 ]

# build and test the warehouse
build *args: setup
    @{{ python }} -m ingest.commands.build {{ args }}

# make every table anew from the landing
rebuild *args: setup
    @{{ python }} -m ingest.commands.build --full-refresh {{ args }}

# ask whether every client's latest complete day is young enough
freshness *args: setup
    @bin/dbt --quiet --no-use-colors source freshness {{ args }}

# ask the warehouse: just query "from users limit 5"
query sql: setup
    @{{ python }} -m ingest.commands.query {{ quote(sql) }}

# describe all tables in one page, data/docs.html
docs: setup
    @{{ python }} -m ingest.commands.docs

# write the page for whoever is on call
report *args: setup
    @.venv/bin/ingest report {{ args }}

# set a shell up for dbt: eval "$(just env)"
env:
    @{{ python }} -m ingest.commands.env

# all tests
test *args: setup peers check
    .venv/bin/pytest --numprocesses 2 --dist loadfile --ignore tests/readers --ignore tests/engines {{ args }}

# read published files with DuckDB 1.4 and 1.5, from notebooks, and in Superset with Chromium
readers *args: setup
    @for name in duckdb-1.4 notebook superset; do \
      sh .ci/make-venv .venv-readers/$name readers/$name.lock 3.13 || exit 1; done
    .venv/bin/pytest tests/readers {{ args }}

# build the same models with DuckDB 1.5 and, as Spark's SQL, with Sail
engines *args: setup
    @sh .ci/make-venv .venv-sail readers/sail.lock 3.13
    @sh .ci/make-venv .venv-readers/duckdb-1.5 readers/duckdb-1.5.lock 3.13
    .venv/bin/pytest tests/engines {{ args }}

# the whole fault-injection suite, a longer run than `just test` makes of it
chaos *args: setup
    CHAOS_KILLS=250 CHAOS_DAMAGES=1000 CHAOS_EXAMPLES=20000 .venv/bin/pytest tests/chaos tests/delivery/avro/test_columnar.py {{ args }}

# hold incremental tables against their oracle in so many random sets of worlds
laws examples="20": setup
    LAWS_EXAMPLES={{ examples }} .venv/bin/pytest tests/dbt_project/test_laws.py

# make .venv-bench, the public tools that benchmarks are held against
peers:
    @sh .ci/make-venv .venv-bench bench/peers.lock

# measure, against named peers or against itself: just bench history
bench *args: setup peers
    @{{ python }} -m bench {{ args }}

# lint, types, import directions, SQL, and that models are what their template says
check: setup
    .venv/bin/ruff check && .venv/bin/ruff format --check
    .venv/bin/mypy
    .venv/bin/lint-imports
    .venv/bin/sqlfluff lint dbt_project/models dbt_project/tests --disable-progress-bar
    {{ python }} -m ingest.warehouse.models.templates --check

# write the SQL of each resource's models from the template
models *args: setup
    {{ python }} -m ingest.warehouse.models.templates {{ args }}

# resolve the dependencies anew
lock:
    {{ resolve }} --group dev --extra alarms pyproject.toml -o requirements.lock
    {{ resolve }} --python-version 3.11 bench/peers.txt -o bench/peers.lock
    {{ resolve }} --python-version 3.11 readers/duckdb-1.4.txt -o readers/duckdb-1.4.lock
    {{ resolve }} --python-version 3.11 readers/notebook.txt -o readers/notebook.lock
    {{ resolve }} --python-version 3.11 --exclude-newer 2026-06-01 readers/superset.txt -o readers/superset.lock
    {{ resolve }} --python-version 3.11 --override readers/duckdb-1.5.txt pyproject.toml -o readers/duckdb-1.5.lock
    {{ resolve }} --python-version 3.11 readers/sail.txt -o readers/sail.lock
