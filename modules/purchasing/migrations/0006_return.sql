-- Goods that go back to their vendor.
CREATE SEQUENCE purchase_return_no_seq;
CREATE TABLE purchase_return (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT purchase_return_no_key UNIQUE,
  order_id uuid NOT NULL REFERENCES purchase_order (id),
  vendor_id uuid,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'confirmed', 'cancelled')),
  date date,
  reason text NOT NULL DEFAULT ''
);
CREATE INDEX purchase_return_order_idx ON purchase_return (order_id);
CREATE INDEX purchase_return_vendor_idx ON purchase_return (vendor_id, status);

CREATE TABLE purchase_return_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  return_id uuid NOT NULL REFERENCES purchase_return (id) ON DELETE CASCADE,
  purchase_line_id uuid NOT NULL,
  product_id uuid,
  lot_id uuid,
  quantity numeric(20,6) NOT NULL CHECK (quantity > 0)
);
CREATE INDEX purchase_return_line_return_idx ON purchase_return_line (return_id, position);
