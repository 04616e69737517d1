-- With whose key a sandbox runs.

CREATE TABLE consumers (
    id          TEXT NOT NULL PRIMARY KEY,
    created_at  ${int64} NOT NULL,
    disabled_at ${int64}                         -- since when it may begin nothing new; null: it may
) ${strict};

INSERT INTO consumers (id, created_at)
    SELECT consumer, MIN(created_at) FROM (
        SELECT consumer, created_at FROM api_keys UNION ALL SELECT consumer, created_at FROM sandboxes
    ) AS known GROUP BY consumer;

-- The fields are sealed with the master key; id and owner are bound to them.
CREATE TABLE credentials (
    id                TEXT NOT NULL PRIMARY KEY,
    owner             TEXT NOT NULL,             -- a consumer; empty: the platform
    extension         TEXT NOT NULL,
    name              TEXT NOT NULL,
    sealed            TEXT NOT NULL,
    fingerprint       TEXT NOT NULL,             -- keyed hash of the secret fields, to find the same key again
    platform_fallback ${int64} NOT NULL,         -- whether its owner lets the platform's take its place when it is refused
    created_at        ${int64} NOT NULL
) ${strict};

CREATE UNIQUE INDEX credentials_name ON credentials (owner, extension, name);
CREATE UNIQUE INDEX credentials_fingerprint ON credentials (extension, fingerprint);

-- What a backend has refused isn't used again until a check succeeds or its key is another one.
CREATE TABLE credential_refusals (
    credential  TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    refused_at  ${int64} NOT NULL,
    message     TEXT NOT NULL
) ${strict};

ALTER TABLE sandboxes ADD COLUMN credential TEXT;                -- null: its extension needs none
ALTER TABLE sandboxes ADD COLUMN credential_owner TEXT;          -- as in credentials
ALTER TABLE sandboxes ADD COLUMN credential_rule TEXT;           -- why this one
ALTER TABLE attempts ADD COLUMN credential TEXT;
ALTER TABLE attempts ADD COLUMN credential_owner TEXT;
ALTER TABLE attempts ADD COLUMN credential_rule TEXT;
ALTER TABLE snapshots ADD COLUMN credential TEXT;

CREATE INDEX sandboxes_credential ON sandboxes (credential);
