-- More ways to agree: votes, an order among the named, more roles after a time, signers who were added, and people who stand in for others.
-- tenon:tolerates 1
ALTER TABLE approval_step DROP CONSTRAINT approval_step_mode_check;
ALTER TABLE approval_step ADD CONSTRAINT approval_step_mode_check CHECK (mode IN ('any', 'all', 'vote', 'sequence'));
ALTER TABLE approval_step
	ADD COLUMN votes bigint NOT NULL DEFAULT 0,
	ADD COLUMN acted_by text[] NOT NULL DEFAULT '{}',
	ADD COLUMN added_by uuid,
	ADD COLUMN escalate_at timestamptz,
	ADD COLUMN escalate_hours bigint NOT NULL DEFAULT 0,
	ADD COLUMN escalate_to text[] NOT NULL DEFAULT '{}',
	ADD COLUMN escalated boolean NOT NULL DEFAULT false;

-- Who decides for whom on which days, both included.
CREATE TABLE approval_delegation (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	user_id uuid NOT NULL,
	delegate_id uuid NOT NULL,
	valid_from date NOT NULL,
	valid_to date NOT NULL,
	reason text NOT NULL DEFAULT '',
	CONSTRAINT approval_delegation_days CHECK (valid_to >= valid_from),
	CONSTRAINT approval_delegation_other CHECK (delegate_id <> user_id)
);
CREATE INDEX approval_delegation_delegate_idx ON approval_delegation (delegate_id, valid_to);
CREATE INDEX approval_delegation_user_idx ON approval_delegation (user_id, valid_to);
