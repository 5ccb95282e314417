-- Taxes, currencies and payment terms stand here and not in finance: a company that only sells needs them too.
CREATE TABLE tax (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT tax_code_key UNIQUE,
  name text NOT NULL,
  name_en text NOT NULL DEFAULT '',
  rate numeric(9,4) NOT NULL CHECK (rate >= 0 AND rate <= 100),
  kind text NOT NULL DEFAULT 'both' CHECK (kind IN ('sale', 'purchase', 'both')),
  rounding text NOT NULL DEFAULT 'line' CHECK (rounding IN ('line', 'document')),
  active boolean NOT NULL DEFAULT true
);

CREATE TABLE currency (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT currency_code_key UNIQUE,
  name text NOT NULL,
  name_en text NOT NULL DEFAULT '',
  symbol text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true
);

CREATE TABLE exchange_rate (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  currency text NOT NULL,
  date date NOT NULL,
  rate numeric(20,6) NOT NULL CHECK (rate > 0),
  CONSTRAINT exchange_rate_date_key UNIQUE (currency, date)
);

CREATE TABLE payment_term (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT payment_term_code_key UNIQUE,
  name text NOT NULL,
  name_en text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true
);

CREATE TABLE payment_term_line (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL DEFAULT 0,
  term_id uuid NOT NULL REFERENCES payment_term (id) ON DELETE CASCADE,
  percent numeric(9,4) NOT NULL DEFAULT 100 CHECK (percent >= 0 AND percent <= 100),
  days bigint NOT NULL DEFAULT 0,
  end_of_month boolean NOT NULL DEFAULT false
);
CREATE INDEX payment_term_line_term_idx ON payment_term_line (term_id);
