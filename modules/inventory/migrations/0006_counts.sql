-- A count compares with what was there when it started, so that goods may move meanwhile; what differs by more than the warehouse tolerates waits for
-- an approval.
ALTER TABLE warehouse ADD COLUMN count_tolerance_percent numeric(9,4) NOT NULL DEFAULT 0;
ALTER TABLE warehouse ADD COLUMN count_tolerance_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE stock_count ADD COLUMN started_at timestamptz;
ALTER TABLE stock_count ADD COLUMN beyond_tolerance bigint NOT NULL DEFAULT 0;
ALTER TABLE stock_count DROP CONSTRAINT stock_count_status_check;
ALTER TABLE stock_count ADD CONSTRAINT stock_count_status_check CHECK (status IN ('draft', 'pending_approval', 'posted'));
ALTER TABLE stock_count_line ADD COLUMN unit text NOT NULL DEFAULT '';
ALTER TABLE stock_count_line ADD COLUMN base_quantity numeric(20,6) NOT NULL DEFAULT 0;
ALTER TABLE stock_count_line ADD COLUMN moved_quantity numeric(20,6) NOT NULL DEFAULT 0;
ALTER TABLE stock_count_line ADD COLUMN beyond_tolerance boolean NOT NULL DEFAULT false;
UPDATE stock_count_line SET base_quantity = counted_quantity;
