-- Components that may stand in for others.
CREATE TABLE bom_alternate (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  bill_id uuid NOT NULL REFERENCES bill_of_materials (id) ON DELETE CASCADE,
  component_id uuid NOT NULL,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL DEFAULT 1 CHECK (quantity > 0),
  priority int NOT NULL DEFAULT 1
);
CREATE INDEX bom_alternate_bill_idx ON bom_alternate (bill_id, position);
CREATE INDEX bom_alternate_product_idx ON bom_alternate (product_id);

ALTER TABLE production_material ADD COLUMN substitute_for_id uuid;
