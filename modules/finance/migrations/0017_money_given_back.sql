-- tenon:tolerates 11
-- Money that goes back settles the money on account that it was: both are closed then.
ALTER TABLE finance_payment_match ADD COLUMN advance_id uuid REFERENCES finance_payment (id);
ALTER TABLE finance_payment_match DROP CONSTRAINT finance_payment_match_one;
ALTER TABLE finance_payment_match ADD CONSTRAINT finance_payment_match_one CHECK (num_nonnulls(invoice_id, bill_id, credit_note_id, vendor_credit_id, advance_id) = 1);
CREATE INDEX finance_payment_match_advance_id_idx ON finance_payment_match (advance_id) WHERE advance_id IS NOT NULL;
