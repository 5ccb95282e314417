-- Sharing out anew what is short; why stays on the reservation.
ALTER TABLE reservation ADD COLUMN reason text NOT NULL DEFAULT '';

CREATE SEQUENCE reallocation_no_seq;
CREATE TABLE reallocation (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT reallocation_no_key UNIQUE,
  product_id uuid NOT NULL,
  method text NOT NULL DEFAULT 'promise_date' CHECK (method IN ('promise_date', 'pro_rata')),
  reason text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'done')),
  applied_on date,
  moved_quantity numeric(20,6) NOT NULL DEFAULT 0
);
CREATE INDEX reallocation_product_idx ON reallocation (product_id);
