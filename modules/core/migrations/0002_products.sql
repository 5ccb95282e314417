-- The words that all business modules share. Unit and category are held by their codes, so that an import can name them.
CREATE TABLE unit_of_measure (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT unit_of_measure_code_key UNIQUE,
  name text NOT NULL,
  name_en text NOT NULL DEFAULT '',
  dimension text NOT NULL DEFAULT 'count' CHECK (dimension IN ('count', 'mass', 'length', 'area', 'volume', 'time', 'package')),
  numerator numeric(20,6) NOT NULL DEFAULT 1 CHECK (numerator > 0),
  denominator numeric(20,6) NOT NULL DEFAULT 1 CHECK (denominator > 0),
  rounding numeric(20,6) NOT NULL DEFAULT 0.001 CHECK (rounding > 0)
);

CREATE TABLE product_category (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT product_category_code_key UNIQUE,
  name text NOT NULL,
  cost_method text NOT NULL DEFAULT 'average' CHECK (cost_method IN ('average', 'fifo', 'standard'))
);

CREATE TABLE product (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  number text NOT NULL CONSTRAINT product_number_key UNIQUE,
  name text NOT NULL,
  type text NOT NULL CHECK (type IN ('stock', 'service', 'consumable')),
  unit text NOT NULL,
  category text,
  supply text NOT NULL DEFAULT 'buy' CHECK (supply IN ('make', 'buy')),
  supply_policy text NOT NULL DEFAULT 'split' CHECK (supply_policy IN ('stock', 'order', 'split')),
  standard_cost numeric(20,6) NOT NULL DEFAULT 0 CHECK (standard_cost >= 0),
  list_price numeric(20,6) NOT NULL DEFAULT 0 CHECK (list_price >= 0),
  safety_stock numeric(20,6) NOT NULL DEFAULT 0 CHECK (safety_stock >= 0),
  reorder_point numeric(20,6) NOT NULL DEFAULT 0 CHECK (reorder_point >= 0),
  lead_time_days bigint NOT NULL DEFAULT 0 CHECK (lead_time_days >= 0),
  tracking text NOT NULL DEFAULT 'none' CHECK (tracking IN ('none', 'lot', 'serial')),
  cost_method text CHECK (cost_method IN ('average', 'fifo', 'standard')),
  tax_id uuid,
  description text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true
);
CREATE INDEX product_name_idx ON product (name);
CREATE INDEX product_category_idx ON product (category);

CREATE TABLE product_unit (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL DEFAULT 0,
  product_id uuid NOT NULL REFERENCES product (id) ON DELETE CASCADE,
  unit text NOT NULL,
  numerator numeric(20,6) NOT NULL CHECK (numerator > 0),
  denominator numeric(20,6) NOT NULL DEFAULT 1 CHECK (denominator > 0),
  CONSTRAINT product_unit_unit_key UNIQUE (product_id, unit)
);
