-- What is known of the ledger, made from its records; it can be deleted at any time.
create table meta (name text primary key, value text) without rowid;

-- How far each month's file was read, and by what a changed file is found.
create table months (
    name text primary key,
    position integer not null,
    size integer not null,
    modified_ns integer not null,
    inode integer not null,
    tail_sha256 text not null
) without rowid;

create table clients (
    id integer primary key,
    client_guid text not null unique,
    is_given_up integer not null default 0,
    began_at text,
    landed integer not null default 0,
    given_up integer not null default 0
);

create table resources (id integer primary key, name text not null unique);

-- settled: 0 somebody may have to act, 1 landed, 2 given up, 3 nothing was listed or delivered.
create table files (
    client integer not null,
    day integer not null,
    resource integer not null,
    event integer not null,
    part integer not null,
    settled integer not null,
    is_due integer not null,
    is_set_aside integer not null,
    row_count integer,
    plain_bytes integer,
    facts text not null,
    primary key (client, day, resource, event, part)
) without rowid;

create index open_files on files (settled) where settled in (0, 2);
create index due_files on files (is_due) where is_due;
create index set_aside_files on files (is_set_aside) where is_set_aside;

create table days (
    client integer not null,
    day integer not null,
    has_manifest integer not null default 0,
    is_due integer not null default 0,
    quarantine_reason text,
    is_listed integer not null default 0,
    is_unfinished integer not null default 0,
    is_given_up integer not null default 0,
    completed_at text,
    facts text not null default '{}',
    open integer not null default 0,
    landed integer not null default 0,
    given_up integer not null default 0,
    open_baselines integer not null default 0,
    landed_baselines integer not null default 0,
    given_up_baselines integer not null default 0,
    primary key (client, day)
) without rowid;

create index due_days on days (is_due) where is_due;
create index quarantined_days on days (quarantine_reason) where quarantine_reason is not null;

create table volumes (
    client integer not null,
    resource integer not null,
    day integer not null,
    files integer not null,
    row_count integer not null,
    plain_bytes integer not null,
    primary key (client, resource, day)
) without rowid;

-- Names may hold bytes that are no UTF-8, so they are kept as bytes.
create table versions (key blob primary key, version text not null) without rowid;
create table bad_names (name blob primary key, rejection text not null) without rowid;
create table schemas (schema_id text primary key, columns text not null) without rowid;

create table spans (
    resource text,
    schema_id text,
    first_day integer not null,
    first_file text not null,
    last_day integer not null,
    primary key (resource, schema_id)
) without rowid;

-- Keyed hashes of the keys of records that were erased.
create table erased_keys (hash text primary key) without rowid;

create table landed_days (resource text, day integer, primary key (resource, day)) without rowid;

create trigger file_added after insert on files begin
    insert into days (client, day) values (new.client, new.day) on conflict do nothing;
    update days
    set
        open = open + (new.event > 0 and new.settled = 0),
        landed = landed + (new.event > 0 and new.settled = 1),
        given_up = given_up + (new.event > 0 and new.settled = 2),
        open_baselines = open_baselines + (new.event = 0 and new.settled = 0),
        landed_baselines = landed_baselines + (new.event = 0 and new.settled = 1),
        given_up_baselines = given_up_baselines + (new.event = 0 and new.settled = 2)
    where client = new.client and day = new.day;
    update clients
    set landed = landed + (new.settled = 1), given_up = given_up + (new.settled = 2)
    where id = new.client and new.settled in (1, 2);
end;

create trigger file_settled after update on files when old.settled <> new.settled begin
    update days
    set
        open = open + (new.event > 0) * ((new.settled = 0) - (old.settled = 0)),
        landed = landed + (new.event > 0) * ((new.settled = 1) - (old.settled = 1)),
        given_up = given_up + (new.event > 0) * ((new.settled = 2) - (old.settled = 2)),
        open_baselines = open_baselines + (new.event = 0) * ((new.settled = 0) - (old.settled = 0)),
        landed_baselines
        = landed_baselines + (new.event = 0) * ((new.settled = 1) - (old.settled = 1)),
        given_up_baselines
        = given_up_baselines + (new.event = 0) * ((new.settled = 2) - (old.settled = 2))
    where client = new.client and day = new.day;
    update clients
    set
        landed = landed + (new.settled = 1) - (old.settled = 1),
        given_up = given_up + (new.settled = 2) - (old.settled = 2)
    where id = new.client;
end;

create trigger volume_added after insert on files
when new.event > 0 and new.row_count is not null begin
    insert into volumes values (
        new.client, new.resource, new.day, 1, new.row_count, new.plain_bytes
    )
    on conflict do update set
        files = files + 1,
        row_count = row_count + excluded.row_count,
        plain_bytes = plain_bytes + excluded.plain_bytes;
end;

create trigger volume_changed after update on files
when new.event > 0 and (old.row_count, old.plain_bytes) is not (new.row_count, new.plain_bytes)
begin
    insert into volumes values (new.client, new.resource, new.day, 0, 0, 0)
    on conflict do nothing;
    update volumes
    set
        files = files + (new.row_count is not null) - (old.row_count is not null),
        row_count = row_count + coalesce(new.row_count, 0) - coalesce(old.row_count, 0),
        plain_bytes = plain_bytes + coalesce(new.plain_bytes, 0) - coalesce(old.plain_bytes, 0)
    where client = new.client and day = new.day and resource = new.resource;
end;
