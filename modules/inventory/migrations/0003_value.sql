-- What the stock is worth. No quantity, no value: residual cents never stay on zero stock.
CREATE TABLE product_value (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  product_id uuid NOT NULL CONSTRAINT product_value_product_id_key UNIQUE,
  quantity numeric(20,6) NOT NULL DEFAULT 0,
  value numeric(20,4) NOT NULL DEFAULT 0,
  last_cost numeric(20,6) NOT NULL DEFAULT 0,
  CONSTRAINT product_value_none_without_stock CHECK (quantity <> 0 OR value = 0)
);

-- Goods that came in at one cost, for products that are valued first in, first out.
CREATE TABLE cost_layer (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  product_id uuid NOT NULL,
  move_id uuid,
  date date NOT NULL,
  quantity numeric(20,6) NOT NULL DEFAULT 0,
  unit_cost numeric(20,6) NOT NULL DEFAULT 0,
  remaining_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (remaining_quantity >= 0),
  remaining_value numeric(20,4) NOT NULL DEFAULT 0,
  CONSTRAINT cost_layer_none_without_stock CHECK (remaining_quantity > 0 OR remaining_value = 0)
);
CREATE INDEX cost_layer_remaining_idx ON cost_layer (product_id, id) WHERE remaining_quantity > 0;
