-- Planning over all products: each run with what it did and what it proposes. What a person made or moved is left alone by later runs.
CREATE SEQUENCE planning_run_no_seq;
CREATE TABLE planning_run (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT planning_run_no_key UNIQUE,
  date date,
  horizon_days int NOT NULL DEFAULT 90 CHECK (horizon_days > 0),
  tolerance_days int NOT NULL DEFAULT 3 CHECK (tolerance_days >= 0),
  product_count int NOT NULL DEFAULT 0,
  made_count int NOT NULL DEFAULT 0,
  requested_count int NOT NULL DEFAULT 0,
  withdrawn_count int NOT NULL DEFAULT 0,
  proposed_count int NOT NULL DEFAULT 0,
  note text NOT NULL DEFAULT ''
);

CREATE TABLE planning_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  run_id uuid NOT NULL REFERENCES planning_run (id) ON DELETE CASCADE,
  product_id uuid NOT NULL,
  action text NOT NULL CHECK (action IN ('make', 'buy', 'reduce', 'cancel', 'reschedule_in', 'reschedule_out')),
  state text NOT NULL CHECK (state IN ('done', 'proposed', 'accepted')),
  reason text NOT NULL DEFAULT '',
  quantity numeric(20,6) NOT NULL DEFAULT 0,
  from_date date,
  date date,
  document_entity text NOT NULL DEFAULT '',
  document_id uuid,
  document_no text NOT NULL DEFAULT '',
  serves text NOT NULL DEFAULT ''
);
CREATE INDEX planning_line_run_idx ON planning_line (run_id, position);
CREATE INDEX planning_line_product_idx ON planning_line (product_id);
CREATE INDEX planning_line_document_idx ON planning_line (document_id);

ALTER TABLE production_order ADD COLUMN manual boolean NOT NULL DEFAULT false;
