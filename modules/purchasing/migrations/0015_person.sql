-- Vendors who are people, not companies: what says who they are can be shredded.
-- tenon:tolerates 8
ALTER TABLE vendor ADD COLUMN person boolean NOT NULL DEFAULT false;
