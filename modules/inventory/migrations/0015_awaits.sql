-- tenon:tolerates 14
-- A demand that waits for one inbound document by a person's choice: no other goods are given to it.
ALTER TABLE reservation ADD COLUMN awaits boolean NOT NULL DEFAULT false;
