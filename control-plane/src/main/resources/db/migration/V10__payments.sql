-- Credits, what sandboxes use, and what that costs. Money is thousand-millionths of the billing currency.

-- One row for each consumer that has credits or spends some. Changes of its credits lock it.
CREATE TABLE credit_accounts (
    consumer      TEXT NOT NULL PRIMARY KEY,
    credit_limit  ${int64},                      -- how far below zero its balance may go; null: as far as it likes
    warn_below    ${int64},                      -- its operator is warned when less is available; null: never
    warned_at     ${int64},                      -- null: not since there was enough
    budget        ${int64},                      -- the most it may spend in a period; null: no limit
    budget_period TEXT,                          -- null only where budget is
    granted       ${int64} NOT NULL,
    overdraft     ${int64} NOT NULL,             -- what was taken beyond its grants
    held          ${int64} NOT NULL,
    consumed      ${int64} NOT NULL,
    expired       ${int64} NOT NULL
) ${strict};

CREATE TABLE grants (
    id         TEXT NOT NULL PRIMARY KEY,
    consumer   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    amount     ${int64} NOT NULL,
    remaining  ${int64} NOT NULL,
    priority   ${int64} NOT NULL,                -- lower ones are used first
    created_at ${int64} NOT NULL,
    expires_at ${int64},                         -- null: never
    note       TEXT NOT NULL
) ${strict};

CREATE INDEX grants_open ON grants (consumer) WHERE remaining > 0;

CREATE TABLE holds (
    sandbox    TEXT NOT NULL PRIMARY KEY,
    consumer   TEXT NOT NULL,
    remaining  ${int64} NOT NULL,
    captured   ${int64} NOT NULL,
    opened_at  ${int64} NOT NULL,
    expires_at ${int64} NOT NULL,                -- released after that, whatever has become of the sandbox
    closed_at  ${int64}
) ${strict};

CREATE INDEX holds_open ON holds (expires_at) WHERE closed_at IS NULL;

-- Where a hold was taken from, and goes back to.
CREATE TABLE hold_parts (
    sandbox   TEXT NOT NULL,
    source    TEXT NOT NULL,                     -- a grant; empty: beyond all grants
    remaining ${int64} NOT NULL,
    PRIMARY KEY (sandbox, source)
) ${strict};

-- What was asked of the ledger. Never changed.
CREATE TABLE ledger_transactions (
    id       TEXT NOT NULL PRIMARY KEY,
    consumer TEXT NOT NULL,
    kind     TEXT NOT NULL,
    sandbox  TEXT,
    nanos    ${int64} NOT NULL,
    at       ${int64} NOT NULL,
    note     TEXT NOT NULL
) ${strict};

CREATE INDEX ledger_of_consumer ON ledger_transactions (consumer, at);

-- Its double entries: an amount leaves one account and enters another. Never changed.
CREATE TABLE ledger_entries (
    transaction_id TEXT NOT NULL REFERENCES ledger_transactions (id),
    leg            ${int64} NOT NULL,
    debit          TEXT NOT NULL,                -- the account it leaves
    credit         TEXT NOT NULL,                -- the account it enters
    nanos          ${int64} NOT NULL,
    PRIMARY KEY (transaction_id, leg)
) ${strict};

-- What was captured on each UTC day, for budgets.
CREATE TABLE spent (
    consumer TEXT NOT NULL,
    day      ${int64} NOT NULL,                  -- days since 1970
    nanos    ${int64} NOT NULL,
    PRIMARY KEY (consumer, day)
) ${strict};

-- What each sandbox is charged for, and until when it has been.
CREATE TABLE meters (
    sandbox    TEXT NOT NULL PRIMARY KEY,
    consumer   TEXT NOT NULL,
    profile    TEXT NOT NULL,
    extension  TEXT NOT NULL,
    region     TEXT,
    cpu_millis ${int64} NOT NULL,
    memory_mib ${int64} NOT NULL,
    disk_mib   ${int64} NOT NULL,
    gpu        TEXT,
    tariff     TEXT NOT NULL,                    -- its prices, from its creation to its end
    tags       TEXT,                             -- what its consumer has noted, as JSON; null: nothing
    deadline   ${int64} NOT NULL,                -- nothing after it is charged
    metered_to ${int64},                         -- until then it has been measured; null: it doesn't run
    stop_at    ${int64},                         -- nothing after it is charged; null: until the deadline
    metered_ms ${int64} NOT NULL,                -- for how long it has been measured in all
    bill_from  ${int64}                          -- the first UTC hour with windows that are not on the bill; null: none
) ${strict};

CREATE INDEX meters_running ON meters (sandbox) WHERE metered_to IS NOT NULL;
CREATE INDEX meters_unbilled ON meters (bill_from) WHERE bill_from IS NOT NULL;

-- What a sandbox has used, without gaps while it runs; no window crosses a UTC hour. Null costs are not known.
CREATE TABLE usage_windows (
    sandbox        TEXT NOT NULL,
    started_at     ${int64} NOT NULL,
    ended_at       ${int64} NOT NULL,            -- exclusive
    cpu_nanos      ${int64},
    memory_nanos   ${int64},
    gpu_nanos      ${int64},
    creation_nanos ${int64},
    fee_nanos      ${int64},
    prepaid_nanos  ${int64},                     -- how much of it was drawn from grants
    PRIMARY KEY (sandbox, started_at)
) ${strict};

-- The lines of the bill: the windows of one UTC hour, summed up by meter.
CREATE TABLE charges (
    sandbox       TEXT NOT NULL,
    hour          ${int64} NOT NULL,             -- its beginning
    meter         TEXT NOT NULL,
    consumer      TEXT NOT NULL,
    started_at    ${int64} NOT NULL,
    ended_at      ${int64} NOT NULL,
    metered_ms    ${int64} NOT NULL,
    billed_nanos  ${int64},
    prepaid_nanos ${int64},
    PRIMARY KEY (sandbox, hour, meter)
) ${strict};

CREATE INDEX charges_of_hour ON charges (hour, sandbox);
CREATE INDEX charges_of_consumer ON charges (consumer, hour);

ALTER TABLE sandboxes ADD COLUMN max_cost ${int64};              -- the most it may cost its consumer; null: no limit
ALTER TABLE sandboxes ADD COLUMN wanted_until ${int64};          -- what was asked for, where credit allows no such deadline

CREATE INDEX sandboxes_short_of_credit ON sandboxes (deadline) WHERE wanted_until IS NOT NULL AND state = 'RUNNING';
