-- Templates that consumers build: each build keeps the disk of the sandbox in which its steps ran.

CREATE TABLE templates (
    id         TEXT NOT NULL PRIMARY KEY,
    consumer   TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at ${int64} NOT NULL,
    updated_at ${int64} NOT NULL,           -- when its last build was asked for
    UNIQUE (consumer, name)
) ${strict};

CREATE TABLE template_builds (
    id         TEXT NOT NULL PRIMARY KEY,
    template   TEXT NOT NULL REFERENCES templates (id),
    consumer   TEXT NOT NULL,
    state      TEXT NOT NULL,               -- WAITING, BUILDING, READY, FAILED
    tags       TEXT NOT NULL,               -- that it gets when it is ready, with commas between
    cpu_millis ${int64},                    -- of sandboxes from it; null: the profile's
    memory_mib ${int64},
    snapshot   TEXT,                        -- what was built
    step       TEXT,                        -- that has failed
    reason     TEXT,
    created_at ${int64} NOT NULL,
    ended_at   ${int64},
    actor      TEXT NOT NULL                -- the process that builds it
) ${strict};

CREATE INDEX template_builds_by_template ON template_builds (template);
CREATE INDEX template_builds_by_snapshot ON template_builds (snapshot);

CREATE TABLE template_tags (
    template   TEXT NOT NULL REFERENCES templates (id),
    tag        TEXT NOT NULL,
    build      TEXT NOT NULL REFERENCES template_builds (id),
    created_at ${int64} NOT NULL,
    PRIMARY KEY (template, tag)
) ${strict};

CREATE TABLE template_layers (
    template   TEXT NOT NULL REFERENCES templates (id),
    key        TEXT NOT NULL,               -- hash of all steps so far
    snapshot   TEXT NOT NULL PRIMARY KEY,   -- the disk after them
    build      TEXT NOT NULL                -- that has used it last
) ${strict};

CREATE INDEX template_layers_by_key ON template_layers (template, key);

CREATE TABLE template_log (
    build      TEXT NOT NULL REFERENCES template_builds (id),
    n          ${int64} NOT NULL,           -- from 0
    at         ${int64} NOT NULL,
    level      TEXT NOT NULL,
    step       TEXT NOT NULL,
    message    TEXT NOT NULL,
    PRIMARY KEY (build, n)
) ${strict};
