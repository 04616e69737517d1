-- What a sandbox was made from that a consumer has built or a profile names: its id and its name, as clients know it.

ALTER TABLE sandboxes ADD COLUMN template TEXT;
ALTER TABLE sandboxes ADD COLUMN template_name TEXT;
