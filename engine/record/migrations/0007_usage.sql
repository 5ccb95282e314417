-- What an hour did is counted for the bill: a block index costs next to nothing to keep, since events come in the order of time.
-- tenon:tolerates 6
CREATE INDEX event_log_at_idx ON event_log USING brin (at) WITH (pages_per_range = 16, autosummarize = on);
