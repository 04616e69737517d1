-- What clients keep here beside sandboxes: apps, images, secrets, tags of images.

CREATE TABLE objects (
    consumer   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT,                                             -- unique among the consumer's of its kind; null: none
    size       ${int64} NOT NULL,                                -- characters of sealed
    sealed     TEXT NOT NULL,                                    -- its content, sealed with a key that the master key seals
    created_at ${int64} NOT NULL,
    expires_at ${int64},                                         -- null: never
    PRIMARY KEY (consumer, kind, id)
) ${strict};

CREATE UNIQUE INDEX objects_by_name ON objects (consumer, kind, name);
CREATE INDEX objects_by_size ON objects (consumer, kind, size);    -- so that the limits are checked without the rows
CREATE INDEX objects_expiring ON objects (expires_at) WHERE expires_at IS NOT NULL;

-- The names of sandboxes that have not ended.
CREATE TABLE sandbox_names (
    consumer TEXT NOT NULL,
    scope    TEXT NOT NULL,                                      -- within which the name is unique
    name     TEXT NOT NULL,
    sandbox  TEXT NOT NULL,
    PRIMARY KEY (consumer, scope, name)
) ${strict};

CREATE INDEX sandbox_names_by_sandbox ON sandbox_names (sandbox);
