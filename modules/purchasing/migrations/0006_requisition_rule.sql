-- Which requests a company lets pass without a person: under a limit, of any vendor or of one.
CREATE TABLE requisition_rule (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  name text NOT NULL,
  vendor_id uuid,
  limit_amount numeric(20,4) NOT NULL CHECK (limit_amount > 0),
  order_too boolean NOT NULL DEFAULT false,
  active boolean NOT NULL DEFAULT true
);
CREATE INDEX requisition_rule_vendor_idx ON requisition_rule (vendor_id);
