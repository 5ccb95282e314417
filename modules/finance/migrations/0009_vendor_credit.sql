-- What a vendor credits: goods that went back after they were billed, a bill that was too high. It settles bills of the vendor or is paid back.
CREATE TABLE finance_vendor_credit (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    no text,
    vendor_id uuid NOT NULL,
    purchase_order_id uuid,
    bill_id uuid REFERENCES finance_bill (id),
    vendor_reference text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'posted', 'partial', 'settled')),
    date date NOT NULL,
    currency text NOT NULL,
    rate numeric(20,6) NOT NULL DEFAULT 1,
    reason text NOT NULL DEFAULT '',
    untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
    tax_amount numeric(20,4) NOT NULL DEFAULT 0,
    total_amount numeric(20,4) NOT NULL DEFAULT 0,
    residual_amount numeric(20,4) NOT NULL DEFAULT 0 CHECK (residual_amount >= 0),
    open_value numeric(20,4) NOT NULL DEFAULT 0,
    line_count int NOT NULL DEFAULT 0,
    CHECK (status = 'draft' OR no IS NOT NULL)
);
ALTER TABLE finance_vendor_credit ADD CONSTRAINT finance_vendor_credit_no_key UNIQUE (no);
CREATE UNIQUE INDEX finance_vendor_credit_vendor_reference_key ON finance_vendor_credit (vendor_id, vendor_reference) WHERE vendor_reference <> '';
CREATE INDEX finance_vendor_credit_purchase_order_id_idx ON finance_vendor_credit (purchase_order_id);
CREATE INDEX finance_vendor_credit_bill_id_idx ON finance_vendor_credit (bill_id);

CREATE TABLE finance_vendor_credit_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    vendor_credit_id uuid NOT NULL REFERENCES finance_vendor_credit (id) ON DELETE CASCADE,
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
CREATE INDEX finance_vendor_credit_line_vendor_credit_id_idx ON finance_vendor_credit_line (vendor_credit_id);
CREATE INDEX finance_vendor_credit_line_purchase_line_id_idx ON finance_vendor_credit_line (purchase_line_id);

CREATE TRIGGER finance_vendor_credit_kept BEFORE DELETE ON finance_vendor_credit
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION finance_posted_stays();
CREATE TRIGGER finance_vendor_credit_immutable BEFORE UPDATE ON finance_vendor_credit FOR EACH ROW WHEN (OLD.status <> 'draft' AND
    (NEW.status = 'draft' OR (NEW.no, NEW.vendor_id, NEW.date, NEW.currency, NEW.rate, NEW.untaxed_amount, NEW.tax_amount, NEW.total_amount, NEW.line_count)
    IS DISTINCT FROM (OLD.no, OLD.vendor_id, OLD.date, OLD.currency, OLD.rate, OLD.untaxed_amount, OLD.tax_amount, OLD.total_amount, OLD.line_count)))
    EXECUTE FUNCTION finance_posted_stays();
CREATE TRIGGER finance_vendor_credit_line_immutable BEFORE UPDATE OR DELETE ON finance_vendor_credit_line
    FOR EACH ROW EXECUTE FUNCTION finance_line_stays('finance_vendor_credit', 'vendor_credit_id');
CREATE TRIGGER finance_vendor_credit_line_added AFTER INSERT ON finance_vendor_credit_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance_line_added('finance_vendor_credit', 'vendor_credit_id');

-- A credit settles other documents of the same party without money: which, by how much, and what that took off both in the books.
CREATE TABLE finance_credit_match (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    credit_note_id uuid NOT NULL REFERENCES finance_credit_note (id) ON DELETE CASCADE,
    invoice_id uuid NOT NULL REFERENCES finance_invoice (id),
    date date NOT NULL,
    amount numeric(20,4) NOT NULL CHECK (amount > 0),
    booked_value numeric(20,4) NOT NULL DEFAULT 0,
    moved_value numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX finance_credit_match_credit_note_id_idx ON finance_credit_match (credit_note_id);
CREATE INDEX finance_credit_match_invoice_id_idx ON finance_credit_match (invoice_id);

CREATE TABLE finance_vendor_credit_match (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    vendor_credit_id uuid NOT NULL REFERENCES finance_vendor_credit (id) ON DELETE CASCADE,
    bill_id uuid NOT NULL REFERENCES finance_bill (id),
    date date NOT NULL,
    amount numeric(20,4) NOT NULL CHECK (amount > 0),
    booked_value numeric(20,4) NOT NULL DEFAULT 0,
    moved_value numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX finance_vendor_credit_match_vendor_credit_id_idx ON finance_vendor_credit_match (vendor_credit_id);
CREATE INDEX finance_vendor_credit_match_bill_id_idx ON finance_vendor_credit_match (bill_id);

-- Money that a vendor pays back settles its credits.
ALTER TABLE finance_payment_match ADD COLUMN vendor_credit_id uuid REFERENCES finance_vendor_credit (id);
ALTER TABLE finance_payment_match DROP CONSTRAINT finance_payment_match_check;
ALTER TABLE finance_payment_match ADD CONSTRAINT finance_payment_match_one CHECK (num_nonnulls(invoice_id, bill_id, credit_note_id, vendor_credit_id) = 1);
CREATE INDEX finance_payment_match_vendor_credit_id_idx ON finance_payment_match (vendor_credit_id) WHERE vendor_credit_id IS NOT NULL;

-- A revaluation covers them too, and money on account.
ALTER TABLE finance_revaluation ADD COLUMN leave_advances boolean NOT NULL DEFAULT false;
ALTER TABLE finance_revaluation_line ADD COLUMN vendor_credit_id uuid REFERENCES finance_vendor_credit (id);
ALTER TABLE finance_revaluation_line ADD COLUMN payment_id uuid REFERENCES finance_payment (id);
