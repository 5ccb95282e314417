-- How far output may differ from the order, what is worked over, what is made elsewhere, and why an order cost other than its standard.
ALTER TABLE bill_of_materials ADD COLUMN over_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (over_percent >= 0);
ALTER TABLE bill_of_materials ADD COLUMN under_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (under_percent BETWEEN 0 AND 100);
ALTER TABLE bill_of_materials ADD COLUMN subcontract_service_id uuid;
ALTER TABLE production_order ADD COLUMN over_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (over_percent >= 0);
ALTER TABLE production_order ADD COLUMN under_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (under_percent BETWEEN 0 AND 100);
ALTER TABLE production_order ADD COLUMN closing_reason text NOT NULL DEFAULT '';
ALTER TABLE production_order ADD COLUMN rejected_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (rejected_quantity >= 0);
ALTER TABLE production_order ADD COLUMN rework_of_id uuid;
ALTER TABLE production_order ADD COLUMN subcontract_service_id uuid;
ALTER TABLE production_order ADD COLUMN subcontract_requisition_id uuid;
ALTER TABLE production_order ADD COLUMN subcontract_cost numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE production_order ADD COLUMN price_variance numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE production_order ADD COLUMN usage_variance numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE production_order ADD COLUMN labour_variance numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE production_order ADD COLUMN yield_variance numeric(20,4) NOT NULL DEFAULT 0;
CREATE INDEX production_order_rework_idx ON production_order (rework_of_id);
CREATE INDEX production_order_requisition_idx ON production_order (subcontract_requisition_id);
