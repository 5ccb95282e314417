-- Goods that go back to their vendor, at the cost at which they came in.
CREATE SEQUENCE vendor_return_no_seq;
CREATE TABLE vendor_return (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT vendor_return_no_key UNIQUE,
  receipt_id uuid NOT NULL,
  purchase_order_id uuid,
  vendor_id uuid,
  location_id uuid,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'done')),
  sent_on date,
  reason text NOT NULL DEFAULT ''
);
CREATE INDEX vendor_return_receipt_idx ON vendor_return (receipt_id);

CREATE TABLE vendor_return_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL DEFAULT 0,
  vendor_return_id uuid NOT NULL REFERENCES vendor_return (id) ON DELETE CASCADE,
  purchase_line_id uuid,
  product_id uuid NOT NULL,
  lot_id uuid,
  quantity numeric(20,6) NOT NULL CHECK (quantity > 0),
  unit text NOT NULL DEFAULT '',
  value numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX vendor_return_line_return_idx ON vendor_return_line (vendor_return_id);
