-- How many bytes sandboxes have received and sent.

ALTER TABLE meters ADD COLUMN counted_in ${int64} NOT NULL DEFAULT 0;          -- since it was made, as last read
ALTER TABLE meters ADD COLUMN counted_out ${int64} NOT NULL DEFAULT 0;
ALTER TABLE meters ADD COLUMN metered_in ${int64} NOT NULL DEFAULT 0;          -- how many of them are in windows
ALTER TABLE meters ADD COLUMN metered_out ${int64} NOT NULL DEFAULT 0;

ALTER TABLE usage_windows ADD COLUMN network_in ${int64} NOT NULL DEFAULT 0;   -- bytes
ALTER TABLE usage_windows ADD COLUMN network_out ${int64} NOT NULL DEFAULT 0;
ALTER TABLE usage_windows ADD COLUMN network_in_nanos ${int64};
ALTER TABLE usage_windows ADD COLUMN network_out_nanos ${int64};

ALTER TABLE charges ADD COLUMN bytes ${int64};                                 -- null: of a meter that counts none
