-- tenon:tolerates 11
-- What a vendor prints on a credit, and the line that takes the difference.
ALTER TABLE finance_vendor_credit ADD COLUMN printed_tax_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE finance_vendor_credit ADD COLUMN printed_total_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE finance_vendor_credit_line ADD COLUMN rounding boolean NOT NULL DEFAULT false;
