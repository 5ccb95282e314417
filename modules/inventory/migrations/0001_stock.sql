-- Where goods are, and how much of them. Every change is a move between two locations.
CREATE TABLE warehouse (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT warehouse_code_key UNIQUE,
  name text NOT NULL,
  address text NOT NULL DEFAULT '',
  stock_location_id uuid,
  active boolean NOT NULL DEFAULT true
);

CREATE TABLE location (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT location_code_key UNIQUE,
  name text NOT NULL,
  warehouse_id uuid,
  type text NOT NULL DEFAULT 'internal' CHECK (type IN ('internal', 'supplier', 'customer', 'production', 'loss', 'transit')),
  allow_negative boolean NOT NULL DEFAULT false,
  active boolean NOT NULL DEFAULT true
);
CREATE INDEX location_warehouse_idx ON location (warehouse_id);
CREATE INDEX location_type_idx ON location (type);

CREATE TABLE lot (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  product_id uuid NOT NULL,
  number text NOT NULL,
  expires_on date,
  CONSTRAINT lot_number_key UNIQUE (product_id, number)
);

-- One row for each product, location and lot: who takes goods locks it. Only locations that hold stock of ours have rows here. allow_negative is the
-- location's, copied so that a check can see it.
CREATE TABLE stock_balance (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  lot_id uuid,
  on_hand numeric(20,6) NOT NULL DEFAULT 0,
  reserved numeric(20,6) NOT NULL DEFAULT 0,
  allow_negative boolean NOT NULL DEFAULT false,
  CONSTRAINT stock_balance_product_id_key UNIQUE NULLS NOT DISTINCT (product_id, location_id, lot_id),
  CONSTRAINT stock_balance_not_below_zero CHECK (on_hand >= 0 OR allow_negative),
  CONSTRAINT stock_balance_reserved_not_below_zero CHECK (reserved >= 0),
  CONSTRAINT stock_balance_reserved_is_there CHECK (reserved <= on_hand OR allow_negative)
);
CREATE INDEX stock_balance_location_idx ON stock_balance (location_id);

-- A move is never changed: a mistake is put right by another one.
CREATE TABLE stock_move (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  date date NOT NULL,
  product_id uuid NOT NULL,
  lot_id uuid,
  from_location_id uuid NOT NULL,
  to_location_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL CHECK (quantity > 0),
  unit_cost numeric(20,6) NOT NULL DEFAULT 0,
  value numeric(20,4) NOT NULL DEFAULT 0,
  residual_value numeric(20,4) NOT NULL DEFAULT 0,
  price_variance numeric(20,4) NOT NULL DEFAULT 0,
  source_entity text NOT NULL DEFAULT '',
  source_id uuid,
  source_no text NOT NULL DEFAULT '',
  source_line_id uuid,
  sales_order_id uuid
);
CREATE INDEX stock_move_product_idx ON stock_move (product_id, date);
CREATE INDEX stock_move_lot_idx ON stock_move (lot_id) WHERE lot_id IS NOT NULL;
CREATE INDEX stock_move_source_idx ON stock_move (source_id);
CREATE INDEX stock_move_date_idx ON stock_move (date);

CREATE FUNCTION stock_move_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a stock move is never changed' USING ERRCODE = 'TN001';
END
$$;
CREATE TRIGGER stock_move_stays BEFORE UPDATE OR DELETE ON stock_move FOR EACH ROW EXECUTE FUNCTION stock_move_stays();

-- What serves a demand: goods on hand, something on its way, or nothing yet.
CREATE TABLE reservation (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (quantity >= 0),
  fulfilled_quantity numeric(20,6) NOT NULL DEFAULT 0,
  source text NOT NULL CHECK (source IN ('stock', 'supply', 'wait')),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'released')),
  demand_entity text NOT NULL,
  demand_line_id uuid NOT NULL,
  demand_id uuid NOT NULL,
  demand_no text NOT NULL DEFAULT '',
  sales_order_id uuid,
  need_by date,
  location_id uuid,
  lot_id uuid,
  supply_entity text NOT NULL DEFAULT '',
  supply_id uuid,
  supply_no text NOT NULL DEFAULT '',
  expected_date date,
  CONSTRAINT reservation_lies_somewhere CHECK (source <> 'stock' OR location_id IS NOT NULL),
  CONSTRAINT reservation_waits_for_something CHECK (source <> 'supply' OR supply_id IS NOT NULL)
);
CREATE INDEX reservation_line_idx ON reservation (demand_line_id) WHERE status = 'open';
CREATE INDEX reservation_demand_idx ON reservation (demand_id) WHERE status = 'open';
CREATE INDEX reservation_supply_idx ON reservation (supply_id) WHERE status = 'open';
CREATE INDEX reservation_waiting_idx ON reservation (product_id, source) WHERE status = 'open';
CREATE INDEX reservation_order_idx ON reservation (sales_order_id);
