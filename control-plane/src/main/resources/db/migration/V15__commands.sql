-- What a sandbox was made to run, and how that ended.

ALTER TABLE sandboxes ADD COLUMN command TEXT;                   -- without secrets, cut; null: it was made to stay
ALTER TABLE sandboxes ADD COLUMN exit_code ${int64};             -- of that command; null: it has none
