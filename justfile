# every recipe reads this .env, in whatever folder its program works
export MX_ENV_FILE := justfile_directory() / ".env"
python := ".venv/bin/python"
shell_files := "just .ci/* ingest/commands/bin/dbt deploy/alarm deploy/build-after deploy/ingest-hourly deploy/sftp/serve"

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
    @.venv/bin/ingest build {{ args }}

# build every table again from the landing
rebuild *args: setup
    @.venv/bin/ingest build --full-refresh {{ args }}

# check that every client's latest complete day is recent enough
freshness *args: setup
    @.venv/bin/ingest freshness {{ args }}

# build the same models on Apache Spark, from MX_LANDINGS into MX_LAKE
spark-build *args: setup
    @sh .ci/setup-spark
    @{{ python }} -m ingest.commands.spark build {{ args }}

# write Spark's tables as FOLDER/<schema>/<table>.parquet
spark-export folder *schemas: setup
    @sh .ci/setup-spark
    @{{ python }} -m ingest.commands.spark export {{ quote(folder) }} {{ schemas }}

# print SQL for views without personal columns, or with hashes: just spark-masked "sha2(concat({}, key()), 256)"
spark-masked hash="": setup
    @{{ python }} -m ingest.commands.spark masked {{ quote(hash) }}

# query the warehouse: just query "from users limit 5"
query sql: setup
    @.venv/bin/ingest query {{ quote(sql) }}

# describe all tables in one page, data/docs.html
docs: setup
    @.venv/bin/ingest docs

# write the page for whoever is on call
report *args: setup
    @.venv/bin/ingest report {{ args }}

# set up a shell for dbt: eval "$(just env)"
env:
    @.venv/bin/ingest env

# run the checks and all tests
test *args: (setup "dev") peers check
    .venv/bin/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --ignore tests/readers --ignore tests/engines --ignore tests/spark {{ args }}

# read releases with other DuckDBs, PostgreSQL, notebooks, Node, Java, ODBC, Superset; run what orchestrators run
readers *args: (setup "dev")
    @sh .ci/setup-readers
    .venv/bin/pytest tests/readers {{ args }}

# build the same models with the line of DuckDB before, and compare every table
engines *args: (setup "dev")
    @sh .ci/make-venv .venv-readers/duckdb-1.5 readers/duckdb-1.5.lock 3.13
    .venv/bin/pytest tests/engines {{ args }}

# build the same models on Apache Spark, locally and from object storage, and compare every table
spark *args: (setup "dev")
    @sh .ci/setup-spark
    .venv/bin/pytest tests/spark {{ args }}

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
    {{ python }} -m ingest.warehouse.models.model_sql --check
    {{ python }} docs/architecture.py --check
    .venv/bin/just --fmt --check

# write the SQL of each resource's models from the template
models *args: setup
    {{ python }} -m ingest.warehouse.models.model_sql {{ args }}

# build dist/: source distribution, wheel, lock file, bill of materials
dist: (setup "dev")
    @sh .ci/dist

# make a release: just release 1.2.3
release version: (setup "dev")
    @sh .ci/release {{ quote(version) }}

# resolve the dependencies again
lock:
    sh .ci/lock
