-- By how much receipts and bills may differ from the order, what the vendor answered to it, and what went back.
CREATE TABLE purchasing_setting (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  over_receipt_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (over_receipt_percent BETWEEN 0 AND 100),
  quantity_tolerance_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (quantity_tolerance_percent BETWEEN 0 AND 100),
  price_tolerance_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (price_tolerance_percent BETWEEN 0 AND 100)
);
-- A company has one setting, whoever else makes one at the same moment.
CREATE UNIQUE INDEX purchasing_setting_one_idx ON purchasing_setting ((true));

ALTER TABLE vendor ADD COLUMN over_receipt_percent numeric(9,4) NOT NULL DEFAULT 0;
ALTER TABLE vendor ADD COLUMN price_tolerance_percent numeric(9,4) NOT NULL DEFAULT 0;

ALTER TABLE requisition ADD COLUMN quantity_by_hand boolean NOT NULL DEFAULT false;

ALTER TABLE purchase_order ADD COLUMN vendor_reference text NOT NULL DEFAULT '';
ALTER TABLE purchase_order ADD COLUMN acknowledged_on date;
ALTER TABLE purchase_order ADD COLUMN revision int NOT NULL DEFAULT 0;
ALTER TABLE purchase_order ADD COLUMN revision_reason text NOT NULL DEFAULT '';
ALTER TABLE purchase_order ADD COLUMN credit_expected numeric(20,4) NOT NULL DEFAULT 0;

ALTER TABLE purchase_order_line ADD COLUMN over_receipt_percent numeric(9,4) NOT NULL DEFAULT 0;
ALTER TABLE purchase_order_line ADD COLUMN returned_quantity numeric(20,6) NOT NULL DEFAULT 0;
ALTER TABLE purchase_order_line ADD COLUMN returned_base numeric(20,6) NOT NULL DEFAULT 0;
ALTER TABLE purchase_order_line ADD COLUMN credit_expected numeric(20,4) NOT NULL DEFAULT 0;
