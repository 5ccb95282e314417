-- tenon:tolerates 9
-- Who started a task may call it off.
ALTER TABLE task DROP CONSTRAINT task_state_check;
ALTER TABLE task ADD CONSTRAINT task_state_check CHECK (state IN ('waiting', 'done', 'failed', 'cancelled'));
