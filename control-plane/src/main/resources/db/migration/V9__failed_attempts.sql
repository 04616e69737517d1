-- Which accounts have failed of late is asked for each sandbox; mostly none has.

CREATE INDEX attempts_failed ON attempts (ended_at) WHERE failure IS NOT NULL;
