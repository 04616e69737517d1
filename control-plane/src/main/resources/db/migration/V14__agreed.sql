-- More of what is agreed for a sandbox.

ALTER TABLE sandboxes ADD COLUMN secured ${int64} NOT NULL DEFAULT 1;    -- 0: everybody who knows its id may use it
ALTER TABLE sandboxes ADD COLUMN network_rules TEXT;                      -- as they were asked for last; what holds is network
