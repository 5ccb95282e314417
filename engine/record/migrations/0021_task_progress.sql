-- A task that works in several transactions keeps how far it is: begun again, it goes on from there.
-- tenon:tolerates 11
ALTER TABLE task ADD COLUMN progress jsonb;
