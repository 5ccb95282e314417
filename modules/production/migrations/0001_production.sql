-- What products are made of, where and in which steps.
CREATE SEQUENCE bill_of_materials_no_seq;
CREATE TABLE bill_of_materials (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT bill_of_materials_no_key UNIQUE,
  product_id uuid NOT NULL,
  output_quantity numeric(20,6) NOT NULL DEFAULT 1 CHECK (output_quantity > 0),
  unit text NOT NULL DEFAULT '',
  revision text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true,
  phantom boolean NOT NULL DEFAULT false,
  routing_id uuid,
  valid_from date,
  valid_to date,
  note text NOT NULL DEFAULT '',
  CONSTRAINT bill_of_materials_span_check CHECK (valid_from < valid_to)
);
CREATE INDEX bill_of_materials_product_idx ON bill_of_materials (product_id, valid_from DESC);
CREATE INDEX bill_of_materials_routing_idx ON bill_of_materials (routing_id);

CREATE TABLE bom_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  bill_id uuid NOT NULL REFERENCES bill_of_materials (id) ON DELETE CASCADE,
  component_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL CHECK (quantity > 0),
  unit text NOT NULL DEFAULT '',
  scrap_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (scrap_percent >= 0 AND scrap_percent < 100),
  fixed boolean NOT NULL DEFAULT false,
  phantom boolean NOT NULL DEFAULT false,
  valid_from date,
  valid_to date,
  CONSTRAINT bom_line_span_check CHECK (valid_from < valid_to)
);
CREATE INDEX bom_line_bill_idx ON bom_line (bill_id, position);
CREATE INDEX bom_line_component_idx ON bom_line (component_id);

CREATE TABLE bom_by_product (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  bill_id uuid NOT NULL REFERENCES bill_of_materials (id) ON DELETE CASCADE,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL CHECK (quantity > 0),
  cost_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (cost_percent BETWEEN 0 AND 100)
);
CREATE INDEX bom_by_product_bill_idx ON bom_by_product (bill_id, position);
CREATE INDEX bom_by_product_product_idx ON bom_by_product (product_id);

CREATE TABLE work_center (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT work_center_code_key UNIQUE,
  name text NOT NULL,
  cost_rate numeric(20,4) NOT NULL DEFAULT 0 CHECK (cost_rate >= 0),
  hours_per_day numeric(20,6) NOT NULL DEFAULT 8 CHECK (hours_per_day > 0),
  capacity int NOT NULL DEFAULT 1 CHECK (capacity > 0),
  bottleneck boolean NOT NULL DEFAULT false,
  active boolean NOT NULL DEFAULT true
);

CREATE TABLE routing (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT routing_code_key UNIQUE,
  name text NOT NULL,
  active boolean NOT NULL DEFAULT true
);

CREATE TABLE routing_operation (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  routing_id uuid NOT NULL REFERENCES routing (id) ON DELETE CASCADE,
  name text NOT NULL DEFAULT '',
  work_center_id uuid NOT NULL,
  setup_minutes numeric(20,6) NOT NULL DEFAULT 0 CHECK (setup_minutes >= 0),
  run_minutes numeric(20,6) NOT NULL DEFAULT 0 CHECK (run_minutes >= 0)
);
CREATE INDEX routing_operation_routing_idx ON routing_operation (routing_id, position);
CREATE INDEX routing_operation_center_idx ON routing_operation (work_center_id);
