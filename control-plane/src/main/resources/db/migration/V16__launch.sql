-- What is started in a sandbox when it is made, and how its processes run.

ALTER TABLE sandboxes ADD COLUMN launch TEXT;                    -- JSON; null: nothing is started
ALTER TABLE snapshots ADD COLUMN launch TEXT;                    -- the same for sandboxes from it
