-- Materials at a vendor who works on them are still ours: each such vendor has a location of a type of its own, from which nobody else is served.
ALTER TABLE location DROP CONSTRAINT location_type_check;
ALTER TABLE location ADD CONSTRAINT location_type_check
  CHECK (type IN ('internal', 'supplier', 'customer', 'production', 'loss', 'transit', 'subcontractor'));
ALTER TABLE location ADD COLUMN vendor_id uuid;
CREATE UNIQUE INDEX location_vendor_key ON location (vendor_id) WHERE vendor_id IS NOT NULL;
