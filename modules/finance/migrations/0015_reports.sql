-- tenon:tolerates 11
-- Reports that read all lines of their accounts read totals, or the few lines that can be open. A total says on which accounts its entries stand, so that
-- what moved together with cash can be told from all else, whichever accounts hold cash at the time of asking.
ALTER TABLE finance_total ADD COLUMN accounts uuid[] NOT NULL DEFAULT '{}';
DELETE FROM finance_total;
INSERT INTO finance_total (account_id, date, closing, debit, credit, accounts)
    SELECT l.account_id, e.date, e.source_entity = 'finance.fiscal_year', sum(l.debit), sum(l.credit), s.accounts
    FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id
    JOIN (SELECT entry_id, array_agg(DISTINCT account_id ORDER BY account_id) AS accounts FROM finance_entry_line GROUP BY entry_id) s ON s.entry_id = e.id
    WHERE e.status = 'posted' GROUP BY 1, 2, 3, 6;

-- What was posted with a tax on each account and day, and whether it concerns a vendor. Rows are only added here too.
CREATE TABLE finance_tax_total (
    account_id uuid NOT NULL,
    date date NOT NULL,
    tax_id uuid NOT NULL,
    purchase boolean NOT NULL,
    amount numeric(20,4) NOT NULL
);
INSERT INTO finance_tax_total SELECT l.account_id, e.date, l.tax_id, l.vendor_id IS NOT NULL, sum(l.credit - l.debit)
    FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id WHERE e.status = 'posted' AND l.tax_id IS NOT NULL GROUP BY 1, 2, 3, 4;
CREATE INDEX finance_tax_total_date_idx ON finance_tax_total (date);

CREATE OR REPLACE FUNCTION finance_total_gather() RETURNS void LANGUAGE sql AS $$
    WITH many AS (SELECT account_id, date, closing, accounts FROM finance_total GROUP BY 1, 2, 3, 4 HAVING count(*) > 1),
        gone AS (DELETE FROM finance_total t USING many m
            WHERE t.account_id = m.account_id AND t.date = m.date AND t.closing = m.closing AND t.accounts = m.accounts RETURNING t.*)
    INSERT INTO finance_total (account_id, date, closing, debit, credit, accounts)
        SELECT account_id, date, closing, sum(debit), sum(credit), accounts FROM gone GROUP BY 1, 2, 3, 6;
    WITH many AS (SELECT account_id, date, tax_id, purchase FROM finance_tax_total GROUP BY 1, 2, 3, 4 HAVING count(*) > 1),
        gone AS (DELETE FROM finance_tax_total t USING many m
            WHERE t.account_id = m.account_id AND t.date = m.date AND t.tax_id = m.tax_id AND t.purchase = m.purchase RETURNING t.*)
    INSERT INTO finance_tax_total SELECT account_id, date, tax_id, purchase, sum(amount) FROM gone GROUP BY 1, 2, 3, 4
$$;

CREATE OR REPLACE FUNCTION finance_total_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %1$I.finance_total (account_id, date, closing, debit, credit, accounts) SELECT l.account_id, $2, $3, sum(l.debit), sum(l.credit),
            (SELECT array_agg(DISTINCT x.account_id ORDER BY x.account_id) FROM %1$I.finance_entry_line x WHERE x.entry_id = $1)
        FROM %1$I.finance_entry_line l WHERE l.entry_id = $1 GROUP BY l.account_id', TG_TABLE_SCHEMA)
        USING NEW.id, NEW.date, NEW.source_entity = 'finance.fiscal_year';
    EXECUTE format('INSERT INTO %1$I.finance_tax_total SELECT l.account_id, $2, l.tax_id, l.vendor_id IS NOT NULL, sum(l.credit - l.debit)
        FROM %1$I.finance_entry_line l WHERE l.entry_id = $1 AND l.tax_id IS NOT NULL GROUP BY 1, 3, 4', TG_TABLE_SCHEMA) USING NEW.id, NEW.date;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION finance_total_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %1$I.finance_total (account_id, date, closing, debit, credit, accounts)
        SELECT l.account_id, e.date, e.source_entity = ''finance.fiscal_year'', sum(l.debit), sum(l.credit), s.accounts
        FROM added l JOIN %1$I.finance_entry e ON e.id = l.entry_id
        JOIN (SELECT entry_id, array_agg(DISTINCT account_id ORDER BY account_id) AS accounts FROM added GROUP BY entry_id) s ON s.entry_id = l.entry_id
        WHERE e.status = ''posted'' GROUP BY 1, 2, 3, 6', TG_TABLE_SCHEMA);
    EXECUTE format('INSERT INTO %1$I.finance_tax_total SELECT l.account_id, e.date, l.tax_id, l.vendor_id IS NOT NULL, sum(l.credit - l.debit)
        FROM added l JOIN %1$I.finance_entry e ON e.id = l.entry_id WHERE e.status = ''posted'' AND l.tax_id IS NOT NULL GROUP BY 1, 2, 3, 4', TG_TABLE_SCHEMA);
    RETURN NULL;
END $$;

-- Open items are few: documents with something open, and what stands on an account without a document.
DROP INDEX finance_entry_line_account_id_idx;
CREATE INDEX finance_entry_line_account_id_idx ON finance_entry_line (account_id, item_id);
CREATE INDEX finance_invoice_open_idx ON finance_invoice (id) WHERE residual_amount <> 0 OR open_value <> 0;
CREATE INDEX finance_bill_open_idx ON finance_bill (id) WHERE residual_amount <> 0 OR open_value <> 0;
CREATE INDEX finance_credit_note_open_idx ON finance_credit_note (id) WHERE residual_amount <> 0 OR open_value <> 0;
CREATE INDEX finance_vendor_credit_open_idx ON finance_vendor_credit (id) WHERE residual_amount <> 0 OR open_value <> 0;
CREATE INDEX finance_payment_open_idx ON finance_payment (id) WHERE unmatched_amount <> 0 OR open_value <> 0;
