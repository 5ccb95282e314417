-- What of a released order nobody needs any more, until the planner has decided.
ALTER TABLE production_order ADD COLUMN unneeded_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (unneeded_quantity >= 0);
