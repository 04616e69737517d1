-- Events for the organisation's hubs, and how far their delivery has come.

-- A queue is a hub and an order key in one column, so that no plan can use an index on less than both.
CREATE TABLE outbox (
    id         TEXT NOT NULL PRIMARY KEY,                        -- of the event; also its idempotency key
    hub        TEXT NOT NULL,
    queue      TEXT NOT NULL,                                    -- events of one queue are delivered in their order
    position   ${int64} NOT NULL,                                -- that order
    body       TEXT NOT NULL,                                    -- the envelope as it is sent, in ASCII
    state      TEXT NOT NULL,                                    -- WAITING, DELIVERED or DEAD
    attempts   ${int64} NOT NULL,                                -- that had an outcome
    added_at   ${int64} NOT NULL,
    settled_at ${int64},                                         -- when it became DELIVERED or DEAD
    error      TEXT                                              -- of the last attempt that failed
) ${strict};

CREATE INDEX outbox_queue ON outbox (queue, state, position);
CREATE INDEX outbox_oldest ON outbox (hub, added_at) WHERE state = 'WAITING';
CREATE INDEX outbox_settled ON outbox (state, settled_at) WHERE settled_at IS NOT NULL;

-- One row for each queue with events that wait.
CREATE TABLE outbox_queues (
    queue  TEXT NOT NULL PRIMARY KEY,
    hub    TEXT NOT NULL,
    owner  TEXT,                                                 -- who delivers from it now; null: nobody
    due_at ${int64} NOT NULL                                     -- may be claimed from then on: end of a lease, or of a pause
) ${strict};

CREATE INDEX outbox_queues_due ON outbox_queues (hub, due_at);

-- What the servers and commands of an installation know of a hub.
CREATE TABLE outbox_hubs (
    hub          TEXT NOT NULL PRIMARY KEY,
    failures     ${int64} NOT NULL,                              -- in a row
    paused_until ${int64},                                       -- it is not asked before
    succeeded_at ${int64},
    failed_at    ${int64},
    error        TEXT                                            -- of the last failure
) ${strict};

INSERT INTO outbox_hubs (hub, failures) VALUES ('FIN_HUB', 0);
INSERT INTO outbox_hubs (hub, failures) VALUES ('STATE_HUB', 0);
