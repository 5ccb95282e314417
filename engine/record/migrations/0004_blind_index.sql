-- Sealed values that can be found by their whole value: a keyed hash of each, which tells nothing to who has not the key.
CREATE TABLE blind_index (
	entity text NOT NULL,
	field text NOT NULL,
	record_id uuid NOT NULL,
	digest bytea NOT NULL,
	PRIMARY KEY (entity, field, record_id)
);
CREATE INDEX blind_index_digest_idx ON blind_index (entity, field, digest);
-- tenon:stays blind_index
