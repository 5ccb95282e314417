-- Work that a person starts and that goes on after the answer: what was asked, by whom, and how it ended. The job that does it is kept outside of the
-- tenant; that it was done is written in the same transaction as what it did, so that it is never done twice.
CREATE TABLE task (
	id uuid PRIMARY KEY,
	kind text NOT NULL,
	actor_id uuid NOT NULL,
	state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
	input jsonb NOT NULL,
	outcome jsonb,
	at timestamptz NOT NULL,
	ended_at timestamptz
);
CREATE INDEX task_actor_idx ON task (actor_id, at);
