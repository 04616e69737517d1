-- What a server needs beyond the command line: keys, sandboxes that pause, snapshots.

-- Of a key only the hash is kept; it is shown once.
CREATE TABLE api_keys (
    id         TEXT NOT NULL PRIMARY KEY,
    consumer   TEXT NOT NULL,
    hash       TEXT NOT NULL UNIQUE,            -- SHA-256 of the key, in hex
    prefix     TEXT NOT NULL,                   -- its first characters, to tell keys apart
    created_at ${int64} NOT NULL,
    revoked_at ${int64}
) ${strict};

CREATE INDEX api_keys_consumer ON api_keys (consumer, created_at);

ALTER TABLE sandboxes ADD COLUMN snapshot TEXT;                                -- it started from this one
ALTER TABLE sandboxes ADD COLUMN paused_at ${int64};
ALTER TABLE sandboxes ADD COLUMN transition TEXT;                              -- PAUSE or RESUME until its backend has done it
ALTER TABLE sandboxes ADD COLUMN on_timeout TEXT NOT NULL DEFAULT 'KILL';      -- or PAUSE
ALTER TABLE sandboxes ADD COLUMN auto_resume ${int64} NOT NULL DEFAULT 0;
ALTER TABLE sandboxes ADD COLUMN network TEXT;                                 -- null: the profile's
ALTER TABLE sandboxes ADD COLUMN public_ports ${int64} NOT NULL DEFAULT 1;
ALTER TABLE sandboxes ADD COLUMN host_mask TEXT;                               -- the Host header that its servers see

CREATE INDEX sandboxes_listed ON sandboxes (consumer, started_at DESC, id);

-- The kept disk of a sandbox; the row is written before the backend is asked, ready says that it has answered.
CREATE TABLE snapshots (
    id         TEXT NOT NULL PRIMARY KEY,
    consumer   TEXT NOT NULL,
    name       TEXT,                            -- the consumer's own name for it
    sandbox    TEXT NOT NULL,                   -- whose disk it is
    profile    TEXT NOT NULL,                   -- what sandboxes from it are otherwise like
    extension  TEXT NOT NULL,
    template   TEXT,                            -- in the backend's own terms, once it has one
    disk_mib   ${int64},
    created_at ${int64} NOT NULL,
    state      TEXT NOT NULL,                   -- MAKING, READY, DELETING
    actor      TEXT NOT NULL
) ${strict};

CREATE INDEX snapshots_consumer ON snapshots (consumer, created_at DESC, id);
