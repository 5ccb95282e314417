-- How much more than its tolerance somebody has asked to complete of an order; it waits for an approval.
ALTER TABLE production_order ADD COLUMN over_quantity numeric(20,6) NOT NULL DEFAULT 0;
