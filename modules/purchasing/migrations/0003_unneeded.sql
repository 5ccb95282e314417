-- What of an ordered requisition nobody needs any more.
ALTER TABLE requisition ADD COLUMN unneeded_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (unneeded_quantity >= 0);
