# The command `ingest`, with gpg and dbt; docs/install.md says how to run it.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/mx-ingest \
    && /opt/mx-ingest/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY LICENSE README.md pyproject.toml ./
COPY dbt_project dbt_project
COPY ingest ingest
COPY sample sample
RUN /opt/mx-ingest/bin/python -m hatchling build -t wheel -d /dist \
    && /opt/mx-ingest/bin/pip install --no-cache-dir --no-deps /dist/*.whl

FROM python:3.13-slim
# Debian keeps only the newest version of a package, so a pinned one is gone some day
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gnupg \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 mx-ingest \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data mx-ingest \
    && install -d -o 10001 -g 10001 -m 711 /data /data/serve \
    && install -d -o 10001 -g 10001 -m 700 /gnupg
COPY --from=build /opt/mx-ingest /opt/mx-ingest
COPY deploy/ingest-hourly /opt/mx-ingest/bin/
ENV PATH=/opt/mx-ingest/bin:$PATH MX_DATA=/data MX_GNUPGHOME=/gnupg
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/gnupg"]
# a new container has until its second run to receive something
HEALTHCHECK --interval=15m --timeout=5m --start-period=2h CMD ["ingest", "status"]
ENTRYPOINT ["ingest"]
