-- How much a consumer may use. Null: no limit.

ALTER TABLE consumers ADD COLUMN default_profile TEXT;
ALTER TABLE consumers ADD COLUMN profiles TEXT;              -- those it may use, separated by commas; null: all
ALTER TABLE consumers ADD COLUMN max_live ${int64};
ALTER TABLE consumers ADD COLUMN max_cpu_millis ${int64};
ALTER TABLE consumers ADD COLUMN max_memory_mib ${int64};
ALTER TABLE consumers ADD COLUMN max_rate_millis ${int64};   -- thousandths of a creation per second
ALTER TABLE consumers ADD COLUMN rate_burst ${int64};        -- creations at once; null only where max_rate_millis is
ALTER TABLE consumers ADD COLUMN max_ttl_ms ${int64};

-- One row for each consumer with a limit on what it uses. Creations lock it, so that they count one after the other.
CREATE TABLE quotas (
    consumer  TEXT NOT NULL PRIMARY KEY,
    full_at   ${int64}                       -- when its bucket of creations is full again, in microseconds; null: it is
) ${strict};

CREATE INDEX sandboxes_consumer_open ON sandboxes (consumer, deadline)
    WHERE state IN ('PROVISIONING', 'RUNNING', 'PAUSED', 'STOPPING');
