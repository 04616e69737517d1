-- What was made after its maker had given up, and time that passes only while a sandbox isn't paused.

-- Null: the attempt may have made something since nothing was found. Set when it was looked for once more.
ALTER TABLE attempts ADD COLUMN looked_again_at ${int64};
UPDATE attempts SET looked_again_at = 0;

CREATE INDEX attempts_to_look_at ON attempts (started_at) WHERE outcome = 'NOT_FOUND' AND looked_again_at IS NULL;

ALTER TABLE sandboxes ADD COLUMN resumed_at ${int64};
