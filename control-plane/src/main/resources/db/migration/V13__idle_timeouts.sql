-- A backend may end a sandbox that nobody uses, and that is no loss.

ALTER TABLE sandboxes ADD COLUMN idle_timeout ${int64};          -- milliseconds; null: it ends at its deadline only
