-- Production orders: what is made, for whom, from what, at what cost.
CREATE SEQUENCE production_order_no_seq;
CREATE TABLE production_order (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT production_order_no_key UNIQUE,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL CHECK (quantity > 0),
  status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'released', 'in_progress', 'done', 'cancelled')),
  start_date date,
  due_date date,
  bom_id uuid,
  sales_order_id uuid,
  parent_id uuid,
  demand_entity text NOT NULL DEFAULT '',
  demand_line_id uuid,
  demand_document_id uuid,
  demand_quantity numeric(20,6) NOT NULL DEFAULT 0,
  done_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (done_quantity >= 0),
  scrap_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (scrap_quantity >= 0),
  material_cost numeric(20,4) NOT NULL DEFAULT 0,
  labour_cost numeric(20,4) NOT NULL DEFAULT 0,
  material_absorbed numeric(20,4) NOT NULL DEFAULT 0,
  labour_absorbed numeric(20,4) NOT NULL DEFAULT 0,
  output_value numeric(20,4) NOT NULL DEFAULT 0,
  unit_cost numeric(20,6) NOT NULL DEFAULT 0,
  note text NOT NULL DEFAULT ''
);
CREATE INDEX production_order_status_idx ON production_order (status, due_date);
CREATE INDEX production_order_product_idx ON production_order (product_id);
CREATE INDEX production_order_sales_idx ON production_order (sales_order_id);
CREATE INDEX production_order_parent_idx ON production_order (parent_id);
CREATE INDEX production_order_demand_idx ON production_order (demand_line_id);
CREATE INDEX production_order_bom_idx ON production_order (bom_id);

CREATE TABLE production_material (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  order_id uuid NOT NULL REFERENCES production_order (id) ON DELETE CASCADE,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL CHECK (quantity >= 0),
  issued_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (issued_quantity >= 0),
  reserved_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (reserved_quantity >= 0),
  issued_cost numeric(20,4) NOT NULL DEFAULT 0,
  need_by date
);
CREATE INDEX production_material_order_idx ON production_material (order_id, position);
CREATE INDEX production_material_product_idx ON production_material (product_id);

CREATE TABLE production_operation (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  order_id uuid NOT NULL REFERENCES production_order (id) ON DELETE CASCADE,
  name text NOT NULL DEFAULT '',
  work_center_id uuid NOT NULL,
  planned_minutes numeric(20,6) NOT NULL DEFAULT 0 CHECK (planned_minutes >= 0),
  actual_minutes numeric(20,6) NOT NULL DEFAULT 0 CHECK (actual_minutes >= 0),
  cost numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX production_operation_order_idx ON production_operation (order_id, position);
CREATE INDEX production_operation_center_idx ON production_operation (work_center_id);

CREATE TABLE production_by_product (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  order_id uuid NOT NULL REFERENCES production_order (id) ON DELETE CASCADE,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL CHECK (quantity >= 0),
  done_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (done_quantity >= 0),
  cost_percent numeric(9,4) NOT NULL DEFAULT 0
);
CREATE INDEX production_by_product_order_idx ON production_by_product (order_id, position);
