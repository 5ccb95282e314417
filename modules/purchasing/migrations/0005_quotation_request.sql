-- Requests for quotation: what is asked for, who is asked, and what each of them offers.
CREATE SEQUENCE quotation_request_no_seq;
CREATE TABLE quotation_request (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  no text NOT NULL CONSTRAINT quotation_request_no_key UNIQUE,
  title text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'sent', 'awarded', 'cancelled')),
  due_on date,
  sent_on date,
  note text NOT NULL DEFAULT ''
);

CREATE TABLE quotation_request_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  request_id uuid NOT NULL REFERENCES quotation_request (id) ON DELETE CASCADE,
  product_id uuid NOT NULL,
  quantity numeric(20,6) NOT NULL CHECK (quantity > 0),
  unit text NOT NULL DEFAULT '',
  need_by date,
  requisition_id uuid
);
CREATE INDEX quotation_request_line_request_idx ON quotation_request_line (request_id, position);

CREATE TABLE quotation_request_vendor (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  request_id uuid NOT NULL REFERENCES quotation_request (id) ON DELETE CASCADE,
  vendor_id uuid NOT NULL,
  note text NOT NULL DEFAULT ''
);
CREATE INDEX quotation_request_vendor_request_idx ON quotation_request_vendor (request_id, position);

CREATE TABLE vendor_offer (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  request_id uuid NOT NULL REFERENCES quotation_request (id),
  line_id uuid NOT NULL,
  product_id uuid,
  vendor_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'offered' CHECK (status IN ('offered', 'awarded', 'declined')),
  price numeric(20,6) NOT NULL CHECK (price > 0),
  currency text NOT NULL DEFAULT '',
  lead_time_days int NOT NULL DEFAULT 0 CHECK (lead_time_days >= 0),
  min_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (min_quantity >= 0),
  multiple numeric(20,6) NOT NULL DEFAULT 0 CHECK (multiple >= 0),
  valid_to date,
  note text NOT NULL DEFAULT '',
  awarded_quantity numeric(20,6) NOT NULL DEFAULT 0,
  purchase_order_id uuid
);
-- A vendor answers a line once; a better offer changes it.
CREATE UNIQUE INDEX vendor_offer_line_idx ON vendor_offer (line_id, vendor_id);
CREATE INDEX vendor_offer_request_idx ON vendor_offer (request_id);
CREATE INDEX vendor_offer_vendor_idx ON vendor_offer (vendor_id);
