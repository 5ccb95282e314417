-- tenon:tolerates 11
-- A payment that was wrong or has bounced is reversed as a document: it stays with its number, settles nothing and is worth nothing.
ALTER TABLE finance_payment DROP CONSTRAINT finance_payment_status_check;
ALTER TABLE finance_payment ADD CONSTRAINT finance_payment_status_check CHECK (status IN ('draft', 'posted', 'reversed'));
ALTER TABLE finance_payment ADD CONSTRAINT finance_payment_reversed_check CHECK (status <> 'reversed' OR unmatched_amount = 0 AND open_value = 0);
