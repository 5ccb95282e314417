-- What waits for somebody's agreement, and who has to agree in which order. One request for one act on one record waits at a time.
CREATE TABLE approval (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	entity text NOT NULL,
	record_id uuid NOT NULL,
	record_title text NOT NULL DEFAULT '',
	action text NOT NULL,
	requested_by uuid,
	status text NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'withdrawn', 'void')),
	content_hash text NOT NULL,
	rule_ids text[] NOT NULL DEFAULT '{}',
	label_zh text NOT NULL DEFAULT '',
	label_en text NOT NULL DEFAULT '',
	before_state text NOT NULL DEFAULT '',
	input jsonb NOT NULL DEFAULT 'null',
	cause_id uuid,
	decided_by uuid,
	decided_at timestamptz,
	comment text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX approval_pending_key ON approval (entity, record_id, action) WHERE status = 'pending';
CREATE INDEX approval_record_idx ON approval (record_id);
CREATE INDEX approval_requested_idx ON approval (requested_by);
CREATE INDEX approval_status_idx ON approval (status, created_at);

CREATE TABLE approval_step (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	approval_id uuid NOT NULL REFERENCES approval ON DELETE CASCADE,
	roles text[] NOT NULL DEFAULT '{}',
	users text[] NOT NULL DEFAULT '{}',
	mode text NOT NULL CHECK (mode IN ('any', 'all')),
	status text NOT NULL CHECK (status IN ('waiting', 'active', 'approved', 'rejected')),
	agreed_roles text[] NOT NULL DEFAULT '{}',
	agreed_users text[] NOT NULL DEFAULT '{}',
	decided_by uuid,
	decided_at timestamptz,
	comment text NOT NULL DEFAULT ''
);
CREATE INDEX approval_step_approval_idx ON approval_step (approval_id, position);
