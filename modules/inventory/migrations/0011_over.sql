-- How much more than open and tolerated somebody has asked to receive; it waits for an approval.
ALTER TABLE receipt ADD COLUMN over_quantity numeric(20,6) NOT NULL DEFAULT 0;
