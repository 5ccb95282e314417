-- tenon:tolerates 9
-- A step of a routing may be done by a vendor: which service is bought for it, what of it has come back, and what the vendor charged.
ALTER TABLE routing_operation ADD COLUMN subcontract_service_id uuid;
ALTER TABLE production_order ADD COLUMN subcontract_vendor_id uuid;
ALTER TABLE production_operation ADD COLUMN subcontract_service_id uuid;
ALTER TABLE production_operation ADD COLUMN subcontract_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (subcontract_quantity >= 0);
ALTER TABLE production_operation ADD COLUMN received_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (received_quantity >= 0);
ALTER TABLE production_operation ADD COLUMN requisition_id uuid;
ALTER TABLE production_operation ADD COLUMN purchase_line_id uuid;
ALTER TABLE production_operation ADD COLUMN vendor_id uuid;
ALTER TABLE production_operation ADD COLUMN lead_days int NOT NULL DEFAULT 0 CHECK (lead_days >= 0);
CREATE INDEX production_operation_requisition_idx ON production_operation (requisition_id) WHERE requisition_id IS NOT NULL;
CREATE INDEX production_operation_purchase_idx ON production_operation (purchase_line_id) WHERE purchase_line_id IS NOT NULL;
