-- tenon:tolerates 8
-- A plant that never stops works on the company's holidays too.
ALTER TABLE work_calendar ADD COLUMN holidays boolean NOT NULL DEFAULT true;
