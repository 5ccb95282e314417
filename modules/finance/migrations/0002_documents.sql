-- What customers owe and what we owe: invoices, credit notes, bills, payments and what they settle.

CREATE TABLE finance_invoice (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    no text,
    customer_id uuid NOT NULL,
    order_id uuid,
    order_no text NOT NULL DEFAULT '',
    delivery_id uuid,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'posted', 'partial', 'paid', 'cancelled')),
    date date NOT NULL,
    due_date date NOT NULL,
    payment_term_id uuid,
    currency text NOT NULL,
    rate numeric(20,6) NOT NULL DEFAULT 1,
    memo text NOT NULL DEFAULT '',
    untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
    tax_amount numeric(20,4) NOT NULL DEFAULT 0,
    total_amount numeric(20,4) NOT NULL DEFAULT 0,
    paid_amount numeric(20,4) NOT NULL DEFAULT 0 CHECK (paid_amount >= 0),
    credited_amount numeric(20,4) NOT NULL DEFAULT 0 CHECK (credited_amount >= 0),
    residual_amount numeric(20,4) NOT NULL DEFAULT 0 CHECK (residual_amount >= 0),
    line_count int NOT NULL DEFAULT 0,
    CHECK (status = 'draft' OR no IS NOT NULL),
    CHECK (credited_amount <= total_amount)
);
ALTER TABLE finance_invoice ADD CONSTRAINT finance_invoice_no_key UNIQUE (no);
CREATE INDEX finance_invoice_customer_id_idx ON finance_invoice (customer_id, status);
CREATE INDEX finance_invoice_order_id_idx ON finance_invoice (order_id);
CREATE INDEX finance_invoice_due_date_idx ON finance_invoice (due_date) WHERE residual_amount > 0;
CREATE INDEX finance_invoice_date_idx ON finance_invoice (date, id);

CREATE TABLE finance_invoice_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    invoice_id uuid NOT NULL REFERENCES finance_invoice (id) ON DELETE CASCADE,
    order_line_id uuid,
    product_id uuid,
    description text NOT NULL DEFAULT '',
    quantity numeric(20,6) NOT NULL DEFAULT 0,
    unit text NOT NULL DEFAULT '',
    unit_price numeric(20,6) NOT NULL DEFAULT 0,
    price_includes_tax boolean NOT NULL DEFAULT false,
    discount_percent numeric(9,4) NOT NULL DEFAULT 0,
    tax_id uuid,
    account_id uuid REFERENCES finance_account (id),
    untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
    tax_amount numeric(20,4) NOT NULL DEFAULT 0,
    total_amount numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX finance_invoice_line_invoice_id_idx ON finance_invoice_line (invoice_id);
CREATE INDEX finance_invoice_line_order_line_id_idx ON finance_invoice_line (order_line_id);

CREATE TABLE finance_installment (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    invoice_id uuid NOT NULL REFERENCES finance_invoice (id) ON DELETE CASCADE,
    due_date date NOT NULL,
    amount numeric(20,4) NOT NULL
);
CREATE INDEX finance_installment_invoice_id_idx ON finance_installment (invoice_id);

CREATE TABLE finance_credit_note (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    no text NOT NULL,
    invoice_id uuid NOT NULL REFERENCES finance_invoice (id),
    customer_id uuid NOT NULL,
    order_id uuid,
    status text NOT NULL DEFAULT 'posted' CHECK (status IN ('posted', 'refunded')),
    date date NOT NULL,
    currency text NOT NULL,
    rate numeric(20,6) NOT NULL DEFAULT 1,
    reason text NOT NULL DEFAULT '',
    untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
    tax_amount numeric(20,4) NOT NULL DEFAULT 0,
    total_amount numeric(20,4) NOT NULL DEFAULT 0,
    residual_amount numeric(20,4) NOT NULL DEFAULT 0 CHECK (residual_amount >= 0),
    line_count int NOT NULL DEFAULT 0
);
ALTER TABLE finance_credit_note ADD CONSTRAINT finance_credit_note_no_key UNIQUE (no);
CREATE INDEX finance_credit_note_invoice_id_idx ON finance_credit_note (invoice_id);
CREATE INDEX finance_credit_note_customer_id_idx ON finance_credit_note (customer_id);

CREATE TABLE finance_credit_note_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    credit_note_id uuid NOT NULL REFERENCES finance_credit_note (id) ON DELETE CASCADE,
    invoice_line_id uuid NOT NULL,
    order_line_id uuid,
    product_id uuid,
    description text NOT NULL DEFAULT '',
    quantity numeric(20,6) NOT NULL DEFAULT 0,
    unit text NOT NULL DEFAULT '',
    account_id uuid REFERENCES finance_account (id),
    untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
    tax_amount numeric(20,4) NOT NULL DEFAULT 0,
    total_amount numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX finance_credit_note_line_credit_note_id_idx ON finance_credit_note_line (credit_note_id);
CREATE INDEX finance_credit_note_line_invoice_line_id_idx ON finance_credit_note_line (invoice_line_id);

CREATE TABLE finance_bill (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    no text,
    vendor_id uuid NOT NULL,
    purchase_order_id uuid,
    vendor_reference text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'posted', 'partial', 'paid', 'cancelled')),
    date date NOT NULL,
    due_date date NOT NULL,
    payment_term_id uuid,
    currency text NOT NULL,
    rate numeric(20,6) NOT NULL DEFAULT 1,
    memo text NOT NULL DEFAULT '',
    match_status text NOT NULL DEFAULT 'none' CHECK (match_status IN ('none', 'matched', 'quantity', 'price')),
    blocked boolean NOT NULL DEFAULT false,
    untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
    tax_amount numeric(20,4) NOT NULL DEFAULT 0,
    total_amount numeric(20,4) NOT NULL DEFAULT 0,
    paid_amount numeric(20,4) NOT NULL DEFAULT 0 CHECK (paid_amount >= 0),
    residual_amount numeric(20,4) NOT NULL DEFAULT 0 CHECK (residual_amount >= 0),
    line_count int NOT NULL DEFAULT 0,
    CHECK (status = 'draft' OR no IS NOT NULL)
);
ALTER TABLE finance_bill ADD CONSTRAINT finance_bill_no_key UNIQUE (no);
CREATE UNIQUE INDEX finance_bill_vendor_reference_key ON finance_bill (vendor_id, vendor_reference) WHERE vendor_reference <> '';
CREATE INDEX finance_bill_purchase_order_id_idx ON finance_bill (purchase_order_id);
CREATE INDEX finance_bill_due_date_idx ON finance_bill (due_date) WHERE residual_amount > 0;

CREATE TABLE finance_bill_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    bill_id uuid NOT NULL REFERENCES finance_bill (id) ON DELETE CASCADE,
    purchase_line_id uuid,
    product_id uuid,
    description text NOT NULL DEFAULT '',
    quantity numeric(20,6) NOT NULL DEFAULT 0,
    unit text NOT NULL DEFAULT '',
    unit_price numeric(20,6) NOT NULL DEFAULT 0,
    price_includes_tax boolean NOT NULL DEFAULT false,
    discount_percent numeric(9,4) NOT NULL DEFAULT 0,
    tax_id uuid,
    account_id uuid REFERENCES finance_account (id),
    untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
    tax_amount numeric(20,4) NOT NULL DEFAULT 0,
    total_amount numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX finance_bill_line_bill_id_idx ON finance_bill_line (bill_id);
CREATE INDEX finance_bill_line_purchase_line_id_idx ON finance_bill_line (purchase_line_id);

CREATE TABLE finance_accrual (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    purchase_line_id uuid NOT NULL,
    purchase_order_id uuid,
    product_id uuid,
    received_quantity numeric(20,6) NOT NULL DEFAULT 0,
    received_amount numeric(20,4) NOT NULL DEFAULT 0,
    billed_quantity numeric(20,6) NOT NULL DEFAULT 0,
    billed_amount numeric(20,4) NOT NULL DEFAULT 0,
    cleared_amount numeric(20,4) NOT NULL DEFAULT 0
);
ALTER TABLE finance_accrual ADD CONSTRAINT finance_accrual_purchase_line_id_key UNIQUE (purchase_line_id);
CREATE INDEX finance_accrual_purchase_order_id_idx ON finance_accrual (purchase_order_id);

CREATE TABLE finance_bank_account (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    name text NOT NULL,
    bank text NOT NULL DEFAULT '',
    number text NOT NULL DEFAULT '',
    currency text NOT NULL DEFAULT 'CNY',
    account_id uuid REFERENCES finance_account (id),
    active boolean NOT NULL DEFAULT true
);

CREATE TABLE finance_payment (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    no text,
    direction text NOT NULL DEFAULT 'in' CHECK (direction IN ('in', 'out')),
    customer_id uuid,
    vendor_id uuid,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'posted')),
    date date NOT NULL,
    amount numeric(20,4) NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    rate numeric(20,6) NOT NULL DEFAULT 1,
    method text NOT NULL DEFAULT 'transfer' CHECK (method IN ('transfer', 'cash', 'card', 'bill', 'online', 'other')),
    journal_id uuid REFERENCES finance_journal (id),
    bank_account_id uuid REFERENCES finance_bank_account (id),
    reference text NOT NULL DEFAULT '',
    memo text NOT NULL DEFAULT '',
    unmatched_amount numeric(20,4) NOT NULL DEFAULT 0 CHECK (unmatched_amount >= 0),
    CHECK (status = 'draft' OR no IS NOT NULL),
    CHECK ((customer_id IS NULL) <> (vendor_id IS NULL)),
    CHECK (unmatched_amount <= amount)
);
ALTER TABLE finance_payment ADD CONSTRAINT finance_payment_no_key UNIQUE (no);
CREATE INDEX finance_payment_customer_id_idx ON finance_payment (customer_id);
CREATE INDEX finance_payment_vendor_id_idx ON finance_payment (vendor_id);
CREATE INDEX finance_payment_date_idx ON finance_payment (date, id);

CREATE TABLE finance_payment_match (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    payment_id uuid NOT NULL REFERENCES finance_payment (id) ON DELETE CASCADE,
    invoice_id uuid REFERENCES finance_invoice (id),
    bill_id uuid REFERENCES finance_bill (id),
    credit_note_id uuid REFERENCES finance_credit_note (id),
    amount numeric(20,4) NOT NULL CHECK (amount > 0),
    CHECK (num_nonnulls(invoice_id, bill_id, credit_note_id) = 1)
);
CREATE INDEX finance_payment_match_payment_id_idx ON finance_payment_match (payment_id);
CREATE INDEX finance_payment_match_invoice_id_idx ON finance_payment_match (invoice_id);
CREATE INDEX finance_payment_match_bill_id_idx ON finance_payment_match (bill_id);

CREATE TABLE finance_receivable (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    order_id uuid NOT NULL,
    order_no text NOT NULL DEFAULT '',
    customer_id uuid NOT NULL,
    currency text NOT NULL,
    expected_date date NOT NULL,
    expected_amount numeric(20,4) NOT NULL DEFAULT 0,
    invoiced_amount numeric(20,4) NOT NULL DEFAULT 0,
    paid_amount numeric(20,4) NOT NULL DEFAULT 0
);
ALTER TABLE finance_receivable ADD CONSTRAINT finance_receivable_order_id_key UNIQUE (order_id);
CREATE INDEX finance_receivable_customer_id_idx ON finance_receivable (customer_id);
CREATE INDEX finance_receivable_expected_date_idx ON finance_receivable (expected_date);

CREATE TABLE finance_receivable_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    receivable_id uuid NOT NULL REFERENCES finance_receivable (id) ON DELETE CASCADE,
    order_line_id uuid NOT NULL,
    quantity numeric(20,6) NOT NULL DEFAULT 0,
    untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
    total_amount numeric(20,4) NOT NULL DEFAULT 0,
    invoiced_quantity numeric(20,6) NOT NULL DEFAULT 0,
    invoiced_untaxed numeric(20,4) NOT NULL DEFAULT 0,
    invoiced_total numeric(20,4) NOT NULL DEFAULT 0
);
ALTER TABLE finance_receivable_line ADD CONSTRAINT finance_receivable_line_order_line_id_key UNIQUE (order_line_id);
CREATE INDEX finance_receivable_line_receivable_id_idx ON finance_receivable_line (receivable_id);

CREATE TABLE finance_budget (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    name text NOT NULL,
    fiscal_year_id uuid NOT NULL REFERENCES finance_fiscal_year (id),
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'approved', 'closed')),
    total_amount numeric(20,4) NOT NULL DEFAULT 0
);
ALTER TABLE finance_budget ADD CONSTRAINT finance_budget_name_key UNIQUE (name);

CREATE TABLE finance_budget_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    budget_id uuid NOT NULL REFERENCES finance_budget (id) ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES finance_account (id),
    period_id uuid REFERENCES finance_period (id),
    dimension_value_id uuid REFERENCES finance_dimension_value (id),
    amount numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX finance_budget_line_budget_id_idx ON finance_budget_line (budget_id);
