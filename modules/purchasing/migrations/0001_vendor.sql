-- Who sells to the company, and for how much.
CREATE SEQUENCE vendor_no_seq;
CREATE TABLE vendor (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  number text NOT NULL CONSTRAINT vendor_number_key UNIQUE,
  name text NOT NULL,
  active boolean NOT NULL DEFAULT true,
  currency text NOT NULL DEFAULT '',
  payment_term_id uuid,
  tax_id uuid,
  tax_number text NOT NULL DEFAULT '',
  contact_name text NOT NULL DEFAULT '',
  phone text NOT NULL DEFAULT '',
  email text NOT NULL DEFAULT '',
  address text NOT NULL DEFAULT '',
  bank_account text NOT NULL DEFAULT '',
  note text NOT NULL DEFAULT ''
);
CREATE INDEX vendor_name_idx ON vendor (name);

CREATE TABLE vendor_price (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  product_id uuid NOT NULL,
  vendor_id uuid NOT NULL REFERENCES vendor (id),
  price numeric(20,6) NOT NULL CHECK (price > 0),
  currency text NOT NULL DEFAULT '',
  unit text NOT NULL DEFAULT '',
  lead_time_days int NOT NULL DEFAULT 0 CHECK (lead_time_days >= 0),
  min_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (min_quantity >= 0),
  max_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (max_quantity >= 0),
  multiple numeric(20,6) NOT NULL DEFAULT 0 CHECK (multiple >= 0),
  valid_from date,
  valid_to date,
  CONSTRAINT vendor_price_span_check CHECK (valid_from < valid_to)
);
CREATE INDEX vendor_price_product_idx ON vendor_price (product_id);
CREATE INDEX vendor_price_vendor_idx ON vendor_price (vendor_id);
