-- What leaves, what comes in, what is carried and what is counted.
CREATE SEQUENCE delivery_no_seq;
CREATE TABLE delivery (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT delivery_no_key UNIQUE,
  order_id uuid NOT NULL,
  order_no text NOT NULL DEFAULT '',
  customer_id uuid,
  delivery_address text NOT NULL DEFAULT '',
  requested_date date,
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'ready', 'shipped', 'cancelled')),
  shipped_on date,
  backorder_of_id uuid
);
CREATE INDEX delivery_order_idx ON delivery (order_id);
CREATE INDEX delivery_status_idx ON delivery (status);
-- One open delivery for each order.
CREATE UNIQUE INDEX delivery_one_open_idx ON delivery (order_id) WHERE status IN ('waiting', 'ready');

CREATE TABLE delivery_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL DEFAULT 0,
  delivery_id uuid NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
  order_line_id uuid NOT NULL,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (quantity >= 0),
  open_quantity numeric(20,6) NOT NULL DEFAULT 0
);
CREATE INDEX delivery_line_delivery_idx ON delivery_line (delivery_id);
CREATE INDEX delivery_line_order_line_idx ON delivery_line (order_line_id);

CREATE SEQUENCE receipt_no_seq;
CREATE TABLE receipt (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT receipt_no_key UNIQUE,
  purchase_order_id uuid NOT NULL,
  purchase_order_no text NOT NULL DEFAULT '',
  vendor_id uuid,
  location_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'received', 'cancelled')),
  expected_date date,
  received_on date,
  rest_of_id uuid
);
CREATE INDEX receipt_order_idx ON receipt (purchase_order_id);
CREATE INDEX receipt_status_idx ON receipt (status);
-- One open receipt for each purchase order.
CREATE UNIQUE INDEX receipt_one_open_idx ON receipt (purchase_order_id) WHERE status = 'waiting';

CREATE TABLE receipt_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL DEFAULT 0,
  receipt_id uuid NOT NULL REFERENCES receipt (id) ON DELETE CASCADE,
  purchase_line_id uuid NOT NULL,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (quantity >= 0),
  unit_cost numeric(20,6) NOT NULL DEFAULT 0,
  expected_date date
);
CREATE INDEX receipt_line_receipt_idx ON receipt_line (receipt_id);
CREATE INDEX receipt_line_purchase_line_idx ON receipt_line (purchase_line_id);

CREATE SEQUENCE transfer_no_seq;
CREATE TABLE transfer (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT transfer_no_key UNIQUE,
  from_location_id uuid NOT NULL,
  to_location_id uuid NOT NULL,
  via_transit boolean NOT NULL DEFAULT false,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'in_transit', 'done')),
  note text NOT NULL DEFAULT '',
  CONSTRAINT transfer_goes_somewhere CHECK (from_location_id <> to_location_id)
);
CREATE INDEX transfer_status_idx ON transfer (status);

CREATE TABLE transfer_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL DEFAULT 0,
  transfer_id uuid NOT NULL REFERENCES transfer (id) ON DELETE CASCADE,
  product_id uuid NOT NULL,
  lot_id uuid,
  quantity numeric(20,6) NOT NULL CHECK (quantity > 0)
);
CREATE INDEX transfer_line_transfer_idx ON transfer_line (transfer_id);

CREATE SEQUENCE stock_count_no_seq;
CREATE TABLE stock_count (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT stock_count_no_key UNIQUE,
  location_id uuid NOT NULL,
  date date NOT NULL,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'posted')),
  note text NOT NULL DEFAULT ''
);
CREATE INDEX stock_count_location_idx ON stock_count (location_id);

CREATE TABLE stock_count_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL DEFAULT 0,
  count_id uuid NOT NULL REFERENCES stock_count (id) ON DELETE CASCADE,
  product_id uuid NOT NULL,
  lot_id uuid,
  counted_quantity numeric(20,6) NOT NULL CHECK (counted_quantity >= 0),
  unit_cost numeric(20,6) NOT NULL DEFAULT 0 CHECK (unit_cost >= 0),
  expected_quantity numeric(20,6) NOT NULL DEFAULT 0
);
CREATE INDEX stock_count_line_count_idx ON stock_count_line (count_id);
