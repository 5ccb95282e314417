-- How much more than what is open a purchase allows to come in.
ALTER TABLE receipt_line ADD COLUMN tolerance_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (tolerance_quantity >= 0);
