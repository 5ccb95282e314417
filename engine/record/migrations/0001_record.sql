-- What every unit of work leaves behind: the events as a tree, the audit, the answers to repeated requests, and the series without holes.
CREATE TABLE event_log (
	id uuid PRIMARY KEY,
	cause_id uuid,
	name text NOT NULL,
	entity text NOT NULL,
	record_id uuid,
	at timestamptz NOT NULL
);
CREATE INDEX event_log_cause_idx ON event_log (cause_id);
CREATE INDEX event_log_record_idx ON event_log (record_id);
-- tenon:append-only event_log

CREATE TABLE audit_entry (
	id uuid PRIMARY KEY,
	seq bigint GENERATED ALWAYS AS IDENTITY,
	at timestamptz NOT NULL,
	actor_id uuid,
	module text NOT NULL DEFAULT '',
	approver_id uuid,
	action text NOT NULL,
	entity text NOT NULL,
	record_id uuid,
	parent_id uuid,
	before jsonb,
	after jsonb,
	cause_id uuid,
	request_id text NOT NULL DEFAULT ''
);
CREATE INDEX audit_entry_record_idx ON audit_entry (record_id, seq);
CREATE INDEX audit_entry_cause_idx ON audit_entry (cause_id);
CREATE INDEX audit_entry_parent_idx ON audit_entry (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX audit_entry_at_idx ON audit_entry (at);
-- tenon:append-only audit_entry

CREATE TABLE idempotency_key (
	actor_id uuid NOT NULL,
	key text NOT NULL,
	request_hash text NOT NULL,
	status int,
	location text NOT NULL DEFAULT '',
	answer text,
	at timestamptz NOT NULL,
	PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_key_at_idx ON idempotency_key (at);

CREATE TABLE number_series (
	name text PRIMARY KEY,
	last bigint NOT NULL
);
