-- The ledger: accounts, journals, periods, and entries that cannot be unbalanced, changed or removed once they are posted.

CREATE TABLE finance_account (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    type text NOT NULL CHECK (type IN ('asset', 'liability', 'equity', 'cost', 'income', 'expense')),
    side text NOT NULL DEFAULT 'debit' CHECK (side IN ('debit', 'credit')),
    parent_id uuid REFERENCES finance_account (id),
    active boolean NOT NULL DEFAULT true
);
ALTER TABLE finance_account ADD CONSTRAINT finance_account_code_key UNIQUE (code);
CREATE INDEX finance_account_parent_id_idx ON finance_account (parent_id);

CREATE TABLE finance_journal (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    type text NOT NULL CHECK (type IN ('sale', 'purchase', 'bank', 'cash', 'stock', 'general')),
    account_id uuid REFERENCES finance_account (id),
    active boolean NOT NULL DEFAULT true
);
ALTER TABLE finance_journal ADD CONSTRAINT finance_journal_code_key UNIQUE (code);

CREATE TABLE finance_setting (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    purpose text NOT NULL,
    category text NOT NULL DEFAULT '',
    account_code text NOT NULL REFERENCES finance_account (code)
);
ALTER TABLE finance_setting ADD CONSTRAINT finance_setting_purpose_key UNIQUE (purpose, category);

CREATE TABLE finance_fiscal_year (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    name text NOT NULL,
    start_date date NOT NULL,
    end_date date NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'open', 'closed')),
    CHECK (end_date > start_date)
);
ALTER TABLE finance_fiscal_year ADD CONSTRAINT finance_fiscal_year_name_key UNIQUE (name);

CREATE TABLE finance_period (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    fiscal_year_id uuid NOT NULL REFERENCES finance_fiscal_year (id) ON DELETE CASCADE,
    name text NOT NULL,
    start_date date NOT NULL,
    end_date date NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'soft', 'hard')),
    CHECK (end_date >= start_date)
);
ALTER TABLE finance_period ADD CONSTRAINT finance_period_name_key UNIQUE (name);
CREATE INDEX finance_period_dates_idx ON finance_period (start_date, end_date);
CREATE INDEX finance_period_fiscal_year_id_idx ON finance_period (fiscal_year_id);

CREATE TABLE finance_dimension (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    code text NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL DEFAULT true
);
ALTER TABLE finance_dimension ADD CONSTRAINT finance_dimension_code_key UNIQUE (code);

CREATE TABLE finance_dimension_value (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    dimension_id uuid NOT NULL REFERENCES finance_dimension (id) ON DELETE CASCADE,
    code text NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL DEFAULT true
);
ALTER TABLE finance_dimension_value ADD CONSTRAINT finance_dimension_value_code_key UNIQUE (dimension_id, code);

CREATE TABLE finance_entry (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    no text,
    journal_id uuid NOT NULL REFERENCES finance_journal (id),
    date date NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'posted')),
    source text NOT NULL DEFAULT '',
    source_entity text NOT NULL DEFAULT '',
    source_id uuid,
    memo text NOT NULL DEFAULT '',
    adjustment boolean NOT NULL DEFAULT false,
    reversal_of uuid REFERENCES finance_entry (id),
    total_amount numeric(20,4) NOT NULL DEFAULT 0,
    line_count int NOT NULL DEFAULT 0,
    CHECK (status = 'draft' OR no IS NOT NULL)
);
ALTER TABLE finance_entry ADD CONSTRAINT finance_entry_no_key UNIQUE (no);
ALTER TABLE finance_entry ADD CONSTRAINT finance_entry_reversal_of_key UNIQUE (reversal_of);
CREATE INDEX finance_entry_date_idx ON finance_entry (date, status);
CREATE INDEX finance_entry_journal_id_idx ON finance_entry (journal_id, date);
CREATE INDEX finance_entry_source_id_idx ON finance_entry (source_id);

CREATE TABLE finance_entry_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    entry_id uuid NOT NULL REFERENCES finance_entry (id) ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES finance_account (id),
    debit numeric(20,4) NOT NULL DEFAULT 0,
    credit numeric(20,4) NOT NULL DEFAULT 0,
    customer_id uuid,
    vendor_id uuid,
    product_id uuid,
    dimension_value_id uuid REFERENCES finance_dimension_value (id),
    memo text NOT NULL DEFAULT '',
    currency text NOT NULL DEFAULT '',
    amount_currency numeric(20,4) NOT NULL DEFAULT 0,
    CONSTRAINT finance_entry_line_one_side CHECK (debit >= 0 AND credit >= 0 AND (debit = 0 OR credit = 0))
);
CREATE INDEX finance_entry_line_entry_id_idx ON finance_entry_line (entry_id);
CREATE INDEX finance_entry_line_account_id_idx ON finance_entry_line (account_id);
CREATE INDEX finance_entry_line_customer_id_idx ON finance_entry_line (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX finance_entry_line_vendor_id_idx ON finance_entry_line (vendor_id) WHERE vendor_id IS NOT NULL;
