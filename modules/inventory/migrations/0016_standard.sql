-- tenon:tolerates 15
-- Another standard cost restates what is in stock: such an adjustment belongs to no move.
ALTER TABLE value_adjustment ALTER COLUMN move_id DROP NOT NULL;
ALTER TABLE value_adjustment DROP CONSTRAINT value_adjustment_reason_check;
ALTER TABLE value_adjustment ADD CONSTRAINT value_adjustment_reason_check CHECK (reason IN ('landed_cost', 'bill_price', 'standard_cost'));
