-- Several servers on one database: who works on what, until when, and where sandboxes of one host are.

ALTER TABLE sandboxes ADD COLUMN host TEXT;                      -- only there it can be reached; null: from anywhere
ALTER TABLE sandboxes ADD COLUMN lease_until ${int64};           -- until then actor alone works on it; null: nobody does
ALTER TABLE snapshots ADD COLUMN host TEXT;                      -- as that of its sandbox

-- Where the server of a host is reached by the others.
CREATE TABLE hosts (
    id         TEXT NOT NULL PRIMARY KEY,
    address    TEXT NOT NULL,                                    -- base URL
    seen_until ${int64} NOT NULL                                 -- taken for away after that
) ${strict};

-- Keys that all servers of an installation share; sealed with the master key.
CREATE TABLE shared_keys (
    name   TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL
) ${strict};
