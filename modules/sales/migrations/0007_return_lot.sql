-- tenon:tolerates 4
-- Which lot or serial number a customer gives back; none: what left last.
ALTER TABLE sales_return_line ADD COLUMN lot_id uuid;
