-- tenon:tolerates 10
-- What was posted on each account on each day, so that reports need not read all lines. Posting only adds rows, so that nobody waits for anybody;
-- now and then the rows of an account and a day are put together (finance's daily work). Closing a year is kept apart: it moves no result.
CREATE TABLE finance_total (
    account_id uuid NOT NULL,
    date date NOT NULL,
    closing boolean NOT NULL,
    debit numeric(20,4) NOT NULL,
    credit numeric(20,4) NOT NULL
);
INSERT INTO finance_total SELECT l.account_id, e.date, e.source_entity = 'finance.fiscal_year', sum(l.debit), sum(l.credit)
FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id WHERE e.status = 'posted' GROUP BY 1, 2, 3;
CREATE INDEX finance_total_account_id_idx ON finance_total (account_id, date);

-- Puts together what was posted on the same account and day. Who reads sees the rows either before or after.
CREATE FUNCTION finance_total_gather() RETURNS void LANGUAGE sql AS $$
    WITH many AS (SELECT account_id, date, closing FROM finance_total GROUP BY 1, 2, 3 HAVING count(*) > 1),
        gone AS (DELETE FROM finance_total t USING many m WHERE t.account_id = m.account_id AND t.date = m.date AND t.closing = m.closing RETURNING t.*)
    INSERT INTO finance_total SELECT account_id, date, closing, sum(debit), sum(credit) FROM gone GROUP BY 1, 2, 3
$$;

-- Lines that are there when their entry is posted.
CREATE FUNCTION finance_total_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %1$I.finance_total SELECT l.account_id, $2, $3, sum(l.debit), sum(l.credit) FROM %1$I.finance_entry_line l
        WHERE l.entry_id = $1 GROUP BY l.account_id', TG_TABLE_SCHEMA) USING NEW.id, NEW.date, NEW.source_entity = 'finance.fiscal_year';
    RETURN NULL;
END $$;
CREATE TRIGGER finance_entry_total AFTER UPDATE ON finance_entry
    FOR EACH ROW WHEN (OLD.status <> 'posted' AND NEW.status = 'posted') EXECUTE FUNCTION finance_total_entry();

-- Lines that come after an entry that is made as a posted one.
CREATE FUNCTION finance_total_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %1$I.finance_total SELECT l.account_id, e.date, e.source_entity = ''finance.fiscal_year'', sum(l.debit), sum(l.credit)
        FROM added l JOIN %1$I.finance_entry e ON e.id = l.entry_id WHERE e.status = ''posted'' GROUP BY 1, 2, 3', TG_TABLE_SCHEMA);
    RETURN NULL;
END $$;
CREATE TRIGGER finance_entry_line_total AFTER INSERT ON finance_entry_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance_total_lines();
