-- The keys of people on record, each wrapped by the tenant's data key. Archives leave them out: what these keys have sealed opens nowhere once they are
-- destroyed.
CREATE TABLE person_key (
	id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'), -- as sealed values name it
	entity text NOT NULL,
	record_id uuid NOT NULL,
	wrapped bytea, -- none: destroyed
	made_at timestamptz NOT NULL,
	gone_at timestamptz,
	CONSTRAINT person_key_gone_check CHECK ((wrapped IS NULL) = (gone_at IS NOT NULL))
);
CREATE UNIQUE INDEX person_key_record_idx ON person_key (record_id, entity) WHERE gone_at IS NULL;
-- tenon:stays person_key

-- Who asked that a person be shredded, and what became of it.
CREATE TABLE person_deletion (
	id uuid PRIMARY KEY,
	entity text NOT NULL,
	record_id uuid NOT NULL,
	reason text NOT NULL,
	state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'done', 'withdrawn')),
	asked_by uuid NOT NULL,
	asked_at timestamptz NOT NULL,
	ended_by uuid,
	ended_at timestamptz
);
CREATE UNIQUE INDEX person_deletion_open_idx ON person_deletion (record_id, entity) WHERE state = 'requested';
CREATE INDEX person_deletion_asked_idx ON person_deletion (asked_at, id);
