-- What routing learns from attempts, and what it has said.

ALTER TABLE attempts ADD COLUMN ended_at ${int64};
ALTER TABLE attempts ADD COLUMN failure TEXT;                    -- the kind of failure
ALTER TABLE attempts ADD COLUMN retry_at ${int64};               -- the backend asked not to be asked before

CREATE INDEX attempts_of_account ON attempts (extension, credential, started_at);

ALTER TABLE sandboxes ADD COLUMN route TEXT;                     -- a line for each extension of its route: what was said of it
ALTER TABLE sandboxes ADD COLUMN gpu TEXT;                       -- as asked for; null: none
ALTER TABLE sandboxes ADD COLUMN region TEXT;                    -- as asked for; null: any

-- When an account may be asked for its next sandbox, where its creations per second are limited.
CREATE TABLE account_pace (
    extension  TEXT NOT NULL,
    credential TEXT NOT NULL,                                    -- empty: the extension needs none
    next_at    ${int64} NOT NULL,                                -- microseconds since 1970 in UTC
    PRIMARY KEY (extension, credential)
) ${strict};
