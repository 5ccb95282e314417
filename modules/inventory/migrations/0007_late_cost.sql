-- Costs that are known only after the goods came in. History is not rewritten: an adjustment counts from its date on, as part of what the stock is
-- worth, and is never changed.
CREATE TABLE value_adjustment (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  date date NOT NULL,
  reason text NOT NULL CHECK (reason IN ('landed_cost', 'bill_price')),
  product_id uuid NOT NULL,
  move_id uuid NOT NULL,
  amount numeric(20,4) NOT NULL,
  stock_amount numeric(20,4) NOT NULL DEFAULT 0,
  sold_amount numeric(20,4) NOT NULL DEFAULT 0,
  variance_amount numeric(20,4) NOT NULL DEFAULT 0,
  source_entity text NOT NULL DEFAULT '',
  source_id uuid,
  source_no text NOT NULL DEFAULT '',
  posting_id uuid NOT NULL,
  CONSTRAINT value_adjustment_adds_up CHECK (amount = stock_amount + sold_amount + variance_amount)
);
CREATE INDEX value_adjustment_product_idx ON value_adjustment (product_id, date);
CREATE INDEX value_adjustment_source_idx ON value_adjustment (source_id);
CREATE TRIGGER value_adjustment_stays BEFORE UPDATE OR DELETE ON value_adjustment FOR EACH ROW EXECUTE FUNCTION stock_move_stays();

CREATE SEQUENCE landed_cost_no_seq;
CREATE TABLE landed_cost (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT landed_cost_no_key UNIQUE,
  receipt_id uuid NOT NULL,
  date date,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'posted')),
  amount numeric(20,4) NOT NULL DEFAULT 0,
  note text NOT NULL DEFAULT ''
);
CREATE INDEX landed_cost_receipt_idx ON landed_cost (receipt_id);

CREATE TABLE landed_cost_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL DEFAULT 0,
  landed_cost_id uuid NOT NULL REFERENCES landed_cost (id) ON DELETE CASCADE,
  name text NOT NULL DEFAULT '',
  amount numeric(20,4) NOT NULL,
  spread_by text NOT NULL DEFAULT 'value' CHECK (spread_by IN ('value', 'weight', 'quantity'))
);
CREATE INDEX landed_cost_line_cost_idx ON landed_cost_line (landed_cost_id);
