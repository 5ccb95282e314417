-- What is asked for, and what vendors are asked to deliver.
CREATE SEQUENCE requisition_no_seq;
CREATE TABLE requisition (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT requisition_no_key UNIQUE,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL CHECK (quantity > 0),
  need_by date,
  expected_date date,
  vendor_id uuid,
  vendor_price_id uuid,
  price numeric(20,6) NOT NULL DEFAULT 0 CHECK (price >= 0),
  currency text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'approved', 'ordered', 'received', 'cancelled')),
  sales_order_id uuid,
  production_order_id uuid,
  purchase_order_id uuid,
  purchase_line_id uuid,
  demand_entity text NOT NULL DEFAULT '',
  demand_line_id uuid,
  demand_document_id uuid,
  demand_document_no text NOT NULL DEFAULT '',
  manual boolean NOT NULL DEFAULT false,
  note text NOT NULL DEFAULT ''
);
CREATE INDEX requisition_status_idx ON requisition (status, need_by);
CREATE INDEX requisition_product_idx ON requisition (product_id);
CREATE INDEX requisition_vendor_idx ON requisition (vendor_id);
CREATE INDEX requisition_sales_idx ON requisition (sales_order_id);
CREATE INDEX requisition_production_idx ON requisition (production_order_id);
CREATE INDEX requisition_purchase_idx ON requisition (purchase_order_id, status);
CREATE INDEX requisition_demand_idx ON requisition (demand_line_id);
CREATE INDEX requisition_price_idx ON requisition (vendor_price_id);

CREATE SEQUENCE purchase_order_no_seq;
CREATE TABLE purchase_order (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT purchase_order_no_key UNIQUE,
  vendor_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'draft'
    CHECK (status IN ('draft', 'pending_approval', 'confirmed', 'received', 'billed', 'done', 'cancelled')),
  order_date date,
  currency text NOT NULL DEFAULT '',
  payment_term_id uuid,
  untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
  tax_amount numeric(20,4) NOT NULL DEFAULT 0,
  total_amount numeric(20,4) NOT NULL DEFAULT 0,
  note text NOT NULL DEFAULT ''
);
CREATE INDEX purchase_order_vendor_idx ON purchase_order (vendor_id, currency, status);
CREATE INDEX purchase_order_status_idx ON purchase_order (status, order_date);

CREATE TABLE purchase_order_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  order_id uuid NOT NULL REFERENCES purchase_order (id) ON DELETE CASCADE,
  product_id uuid NOT NULL,
  vendor_price_id uuid,
  description text NOT NULL DEFAULT '',
  quantity numeric(20,6) NOT NULL CHECK (quantity >= 0),
  unit text NOT NULL DEFAULT '',
  unit_price numeric(20,6) NOT NULL DEFAULT 0 CHECK (unit_price >= 0),
  tax_id uuid,
  amount numeric(20,4) NOT NULL DEFAULT 0,
  expected_date date,
  lead_time_days int NOT NULL DEFAULT 0,
  needed_quantity numeric(20,6) NOT NULL DEFAULT 0,
  base_quantity numeric(20,6) NOT NULL DEFAULT 0,
  received_base numeric(20,6) NOT NULL DEFAULT 0,
  received_quantity numeric(20,6) NOT NULL DEFAULT 0,
  billed_quantity numeric(20,6) NOT NULL DEFAULT 0
);
CREATE INDEX purchase_order_line_order_idx ON purchase_order_line (order_id, position);
CREATE INDEX purchase_order_line_product_idx ON purchase_order_line (product_id);
CREATE INDEX purchase_order_line_price_idx ON purchase_order_line (vendor_price_id);
