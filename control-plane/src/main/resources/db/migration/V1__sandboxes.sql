-- Times are milliseconds since 1970 in UTC.

CREATE TABLE installation (
    id TEXT NOT NULL PRIMARY KEY
) ${strict};

CREATE TABLE sandboxes (
    id              TEXT NOT NULL PRIMARY KEY,
    version         ${int64} NOT NULL,           -- counts changes; every update compares and sets it
    consumer        TEXT NOT NULL,
    profile         TEXT NOT NULL,
    state           TEXT NOT NULL,
    reason          TEXT,                        -- why it ended, once it has
    extension       TEXT,                        -- who runs it, once somebody does
    ref             TEXT,                        -- its id in the backend's own terms
    cpu_millis      ${int64} NOT NULL,
    memory_mib      ${int64} NOT NULL,
    disk_mib        ${int64} NOT NULL,
    created_at      ${int64} NOT NULL,
    started_at      ${int64},
    deadline        ${int64} NOT NULL,
    ended_at        ${int64},
    actor           TEXT NOT NULL,               -- the process that last began something with it
    holder          TEXT,                        -- the process it must not outlive, for `run`
    idempotency_key TEXT,
    request_hash    TEXT NOT NULL
) ${strict};

CREATE INDEX sandboxes_open ON sandboxes (state, deadline);
CREATE INDEX sandboxes_created ON sandboxes (created_at, id);
CREATE UNIQUE INDEX sandboxes_idempotency ON sandboxes (consumer, idempotency_key);

CREATE TABLE sandbox_metadata (
    sandbox TEXT NOT NULL REFERENCES sandboxes (id),
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (sandbox, name)
) ${strict};

-- The intent to create, written before the backend is called; outcome is null until we know.
CREATE TABLE attempts (
    sandbox    TEXT NOT NULL REFERENCES sandboxes (id),
    attempt    ${int64} NOT NULL,
    extension  TEXT NOT NULL,
    started_at ${int64} NOT NULL,
    outcome    TEXT,
    message    TEXT,
    PRIMARY KEY (sandbox, attempt)
) ${strict};
