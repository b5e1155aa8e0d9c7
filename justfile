# every recipe reads this .env, in whatever folder its program works
export MX_ENV_FILE := justfile_directory() / ".env"
python := ".venv/bin/python"
shell_files := "just .ci/* bin/dbt deploy/alarm deploy/build-after"

# list the recipes
default:
    @{{ quote(just_executable()) }} --list --unsorted

# install what runs the product; "alarms" adds apprise, "dev" also the tools of developers
setup with="":
    @sh .ci/setup {{ with }}

# run everything on synthetic deliveries: sender, SFTP (or https), verify, land, tables
demo way="sftp": setup
    @{{ python }} -m ingest.commands.demo {{ way }}

# fetch, verify and land all that is new; the last line says what is incomplete
ingest *args: setup
    @.venv/bin/ingest run {{ args }} || [ $? -eq 3 ]

# build and test the warehouse
build *args: setup
    @{{ python }} -m ingest.commands.build {{ args }}

# build every table again from the landing
rebuild *args: setup
    @{{ python }} -m ingest.commands.build --full-refresh {{ args }}

# check that every client's latest complete day is recent enough
freshness *args: setup
    @bin/dbt --quiet --no-use-colors source freshness {{ args }}

# query the warehouse: just query "from users limit 5"
query sql: setup
    @{{ python }} -m ingest.commands.query {{ quote(sql) }}

# describe all tables in one page, data/docs.html
docs: setup
    @{{ python }} -m ingest.commands.docs

# write the page for whoever is on call
report *args: setup
    @.venv/bin/ingest report {{ args }}

# set up a shell for dbt: eval "$(just env)"
env:
    @{{ python }} -m ingest.commands.env

# run the checks and all tests
test *args: (setup "dev") peers check
    .venv/bin/pytest --numprocesses 2 --dist loadfile --ignore tests/readers --ignore tests/engines {{ args }}

# read published files with DuckDB 1.4 and 1.5, from notebooks, and in Superset with Chromium
readers *args: (setup "dev")
    @for name in duckdb-1.4 notebook superset; do \
      sh .ci/make-venv .venv-readers/$name readers/$name.lock 3.13 || exit 1; done
    .venv/bin/pytest tests/readers {{ args }}

# build the same models with DuckDB 1.5 and, as Spark's SQL, with Sail
engines *args: (setup "dev")
    @sh .ci/make-venv .venv-sail readers/sail.lock 3.13
    @sh .ci/make-venv .venv-readers/duckdb-1.5 readers/duckdb-1.5.lock 3.13
    .venv/bin/pytest tests/engines {{ args }}

# inject faults for longer than `just test` does
chaos *args: (setup "dev")
    CHAOS_KILLS=250 CHAOS_DAMAGES=1000 CHAOS_EXAMPLES=20000 .venv/bin/pytest tests/chaos tests/delivery/avro/test_columnar.py {{ args }}

# compare incremental tables with their oracle in this many random sets of worlds
laws examples="20": (setup "dev")
    LAWS_EXAMPLES={{ examples }} .venv/bin/pytest tests/dbt_project/test_laws.py

# make .venv-bench, the public tools that benchmarks compare with
peers:
    @sh .ci/make-venv .venv-bench bench/peers.lock

# measure, against public tools or against itself: just bench history
bench *args: (setup "dev") peers
    @{{ python }} -m bench {{ args }}

# check style, types, imports, SQL, shell, and generated files; CI checks the same
check: (setup "dev")
    .venv/bin/ruff check && .venv/bin/ruff format --check
    .venv/bin/mypy
    .venv/bin/lint-imports
    .venv/bin/sqlfluff lint dbt_project --disable-progress-bar
    .venv/bin/shellcheck --shell=sh {{ shell_files }} && for file in {{ shell_files }}; do sh -n $file || exit 1; done
    {{ python }} -m ingest.warehouse.models.templates --check
    {{ python }} docs/architecture.py --check
    {{ quote(just_executable()) }} --fmt --check

# write the SQL of each resource's models from the template
models *args: setup
    {{ python }} -m ingest.warehouse.models.templates {{ args }}

# resolve the dependencies again
lock:
    sh .ci/lock
