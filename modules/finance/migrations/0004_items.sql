-- Open items: what an invoice, a bill, a credit note or money on account is worth in the books is kept with the document, so that every settlement takes
-- off exactly what stands there and taking it back restores it. Lines of entries say which item they open or settle, and which tax they belong to.

ALTER TABLE finance_entry_line ADD COLUMN item_id uuid;
ALTER TABLE finance_entry_line ADD COLUMN tax_id uuid;
CREATE INDEX finance_entry_line_item_id_idx ON finance_entry_line (item_id) WHERE item_id IS NOT NULL;

ALTER TABLE finance_invoice ADD COLUMN kind text NOT NULL DEFAULT 'standard' CHECK (kind IN ('standard', 'deposit', 'opening'));
ALTER TABLE finance_invoice ADD COLUMN open_value numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE finance_invoice ADD COLUMN deducted_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE finance_invoice ADD COLUMN dunning_level int NOT NULL DEFAULT 0;
ALTER TABLE finance_invoice ADD COLUMN dunned_on date;
UPDATE finance_invoice SET open_value = round(residual_amount * rate, 2) WHERE status <> 'draft';

ALTER TABLE finance_invoice_line ADD COLUMN deposit_id uuid;
ALTER TABLE finance_credit_note_line ADD COLUMN deposit_id uuid;
ALTER TABLE finance_credit_note_line ADD COLUMN tax_id uuid;
CREATE INDEX finance_invoice_line_deposit_id_idx ON finance_invoice_line (deposit_id) WHERE deposit_id IS NOT NULL;

ALTER TABLE finance_credit_note ADD COLUMN open_value numeric(20,4) NOT NULL DEFAULT 0;
UPDATE finance_credit_note SET open_value = round(residual_amount * rate, 2);

ALTER TABLE finance_bill ADD COLUMN kind text NOT NULL DEFAULT 'standard' CHECK (kind IN ('standard', 'opening'));
ALTER TABLE finance_bill ADD COLUMN open_value numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE finance_bill ADD COLUMN printed_tax_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE finance_bill ADD COLUMN printed_total_amount numeric(20,4) NOT NULL DEFAULT 0;
UPDATE finance_bill SET open_value = round(residual_amount * rate, 2) WHERE status <> 'draft';
ALTER TABLE finance_bill_line ADD COLUMN rounding boolean NOT NULL DEFAULT false;

ALTER TABLE finance_payment ADD COLUMN open_value numeric(20,4) NOT NULL DEFAULT 0;
UPDATE finance_payment SET open_value = round(unmatched_amount * rate, 2) WHERE status = 'posted';

-- A match knows what it took off the document and off the payment, in company currency, and how much of it was no money.
ALTER TABLE finance_payment_match ADD COLUMN date date;
ALTER TABLE finance_payment_match ADD COLUMN write_off numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE finance_payment_match ADD COLUMN booked_value numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE finance_payment_match ADD COLUMN moved_value numeric(20,4) NOT NULL DEFAULT 0;
UPDATE finance_payment_match m SET date = p.date, moved_value = round(m.amount * p.rate, 2), booked_value = round(m.amount * coalesce(
        (SELECT d.rate FROM finance_invoice d WHERE d.id = m.invoice_id), (SELECT d.rate FROM finance_bill d WHERE d.id = m.bill_id),
        (SELECT d.rate FROM finance_credit_note d WHERE d.id = m.credit_note_id), 1), 2)
    FROM finance_payment p WHERE p.id = m.payment_id;

ALTER TABLE finance_receivable_line ADD COLUMN tax_id uuid;

-- Companies that keep books already get the accounts of the new purposes; others are given them when finance is switched on.
INSERT INTO finance_setting (id, created_at, updated_at, purpose, account_code)
    SELECT gen_random_uuid(), now(), now(), v.purpose, v.code
    FROM (VALUES ('deposit', '2205'), ('write_off', '6711'), ('rounding', '660302'), ('unrealised_exchange', '660303')) v (purpose, code)
    JOIN finance_account a ON a.code = v.code
    ON CONFLICT (purpose, category) DO NOTHING;

CREATE TABLE finance_tolerance (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    purpose text NOT NULL CHECK (purpose IN ('write_off', 'bill_rounding')),
    amount numeric(20,4) NOT NULL DEFAULT 0 CHECK (amount >= 0)
);
ALTER TABLE finance_tolerance ADD CONSTRAINT finance_tolerance_purpose_key UNIQUE (purpose);

-- A revaluation brings open items in other currencies to the rate of a day. Each line remembers what it changed, so that it can be taken back.
CREATE TABLE finance_revaluation (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    date date NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'posted', 'reversed')),
    memo text NOT NULL DEFAULT '',
    difference numeric(20,4) NOT NULL DEFAULT 0
);

CREATE TABLE finance_revaluation_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    revaluation_id uuid NOT NULL REFERENCES finance_revaluation (id) ON DELETE CASCADE,
    invoice_id uuid REFERENCES finance_invoice (id),
    credit_note_id uuid REFERENCES finance_credit_note (id),
    bill_id uuid REFERENCES finance_bill (id),
    bank_account_id uuid REFERENCES finance_bank_account (id),
    currency text NOT NULL,
    open_amount numeric(20,4) NOT NULL,
    rate numeric(20,6) NOT NULL,
    old_value numeric(20,4) NOT NULL,
    new_value numeric(20,4) NOT NULL,
    difference numeric(20,4) NOT NULL
);
CREATE INDEX finance_revaluation_line_revaluation_id_idx ON finance_revaluation_line (revaluation_id);
