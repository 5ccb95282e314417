-- Rules that hold whoever writes. Their error codes are stable: TN001 a posted document is changed, TN002 an entry does not balance, TN003 the
-- period is locked. Tables are named through TG_TABLE_SCHEMA, because deferred triggers run at the commit, when role and search_path may be others.

-- A posted entry balances: debit = credit = the total in its head, over exactly the lines that the head counts. One check for each entry at the
-- commit, however many lines it has; lines that are added later are caught by finance_line_added.
CREATE FUNCTION finance_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    debit numeric;
    credit numeric;
    lines bigint;
BEGIN
    EXECUTE format('SELECT coalesce(sum(l.debit), 0), coalesce(sum(l.credit), 0), count(*) FROM %I.finance_entry_line l WHERE l.entry_id = $1',
        TG_TABLE_SCHEMA) INTO debit, credit, lines USING NEW.id;
    IF debit <> credit OR debit <> NEW.total_amount OR lines <> NEW.line_count OR lines < 2 THEN
        RAISE EXCEPTION 'finance_entry_balanced: entry % has debit % and credit %', coalesce(NEW.no, NEW.id::text), debit, credit
            USING ERRCODE = 'TN002', CONSTRAINT = 'finance_entry_balanced', TABLE = 'finance_entry';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER finance_entry_balanced AFTER INSERT OR UPDATE ON finance_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'posted') EXECUTE FUNCTION finance_entry_balances();

-- A posted entry is never updated or deleted: it is reversed.
CREATE FUNCTION finance_posted_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'finance_posted_immutable: % is posted', coalesce(OLD.no, OLD.id::text)
        USING ERRCODE = 'TN001', CONSTRAINT = 'finance_posted_immutable', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER finance_entry_immutable BEFORE UPDATE OR DELETE ON finance_entry
    FOR EACH ROW WHEN (OLD.status = 'posted') EXECUTE FUNCTION finance_posted_stays();
CREATE TRIGGER finance_invoice_kept BEFORE DELETE ON finance_invoice
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION finance_posted_stays();
CREATE TRIGGER finance_bill_kept BEFORE DELETE ON finance_bill
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION finance_posted_stays();
CREATE TRIGGER finance_payment_kept BEFORE DELETE ON finance_payment
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION finance_posted_stays();
CREATE TRIGGER finance_credit_note_kept BEFORE DELETE ON finance_credit_note
    FOR EACH ROW EXECUTE FUNCTION finance_posted_stays();

-- What is invoiced, credited, billed or paid stays; only what is still open of it, and its state, may change.
CREATE TRIGGER finance_invoice_immutable BEFORE UPDATE ON finance_invoice FOR EACH ROW WHEN (OLD.status <> 'draft' AND
    (NEW.status = 'draft' OR (NEW.no, NEW.customer_id, NEW.date, NEW.currency, NEW.rate, NEW.untaxed_amount, NEW.tax_amount, NEW.total_amount, NEW.line_count)
    IS DISTINCT FROM (OLD.no, OLD.customer_id, OLD.date, OLD.currency, OLD.rate, OLD.untaxed_amount, OLD.tax_amount, OLD.total_amount, OLD.line_count)
    OR NEW.order_id IS DISTINCT FROM OLD.order_id)) EXECUTE FUNCTION finance_posted_stays();
CREATE TRIGGER finance_bill_immutable BEFORE UPDATE ON finance_bill FOR EACH ROW WHEN (OLD.status <> 'draft' AND
    (NEW.status = 'draft' OR (NEW.no, NEW.vendor_id, NEW.date, NEW.currency, NEW.rate, NEW.untaxed_amount, NEW.tax_amount, NEW.total_amount, NEW.line_count)
    IS DISTINCT FROM (OLD.no, OLD.vendor_id, OLD.date, OLD.currency, OLD.rate, OLD.untaxed_amount, OLD.tax_amount, OLD.total_amount, OLD.line_count)))
    EXECUTE FUNCTION finance_posted_stays();
CREATE TRIGGER finance_credit_note_immutable BEFORE UPDATE ON finance_credit_note FOR EACH ROW WHEN (
    (NEW.no, NEW.invoice_id, NEW.customer_id, NEW.date, NEW.currency, NEW.rate, NEW.untaxed_amount, NEW.tax_amount, NEW.total_amount, NEW.line_count)
    IS DISTINCT FROM
    (OLD.no, OLD.invoice_id, OLD.customer_id, OLD.date, OLD.currency, OLD.rate, OLD.untaxed_amount, OLD.tax_amount, OLD.total_amount, OLD.line_count))
    EXECUTE FUNCTION finance_posted_stays();
CREATE TRIGGER finance_payment_immutable BEFORE UPDATE ON finance_payment FOR EACH ROW WHEN (OLD.status <> 'draft' AND
    (NEW.status = 'draft' OR (NEW.no, NEW.direction, NEW.date, NEW.amount, NEW.currency, NEW.rate)
    IS DISTINCT FROM (OLD.no, OLD.direction, OLD.date, OLD.amount, OLD.currency, OLD.rate)
    OR (NEW.customer_id, NEW.vendor_id) IS DISTINCT FROM (OLD.customer_id, OLD.vendor_id))) EXECUTE FUNCTION finance_posted_stays();

-- Lines of a posted document are never updated or deleted, nor moved into one. Arguments: the document's table, the line's column that names it.
CREATE FUNCTION finance_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number text;
    target record := OLD;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        target := NEW;
    END IF;
    EXECUTE format('SELECT coalesce(d.no, d.id::text) FROM %1$I.%2$I d WHERE d.id IN (($1).%3$I, ($2).%3$I) AND d.status <> ''draft'' LIMIT 1',
        TG_TABLE_SCHEMA, TG_ARGV[0], TG_ARGV[1]) INTO number USING OLD, target;
    IF number IS NOT NULL THEN
        RAISE EXCEPTION 'finance_posted_immutable: % is posted', number
            USING ERRCODE = 'TN001', CONSTRAINT = 'finance_posted_immutable', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN target;
END $$;

CREATE TRIGGER finance_entry_line_immutable BEFORE UPDATE OR DELETE ON finance_entry_line
    FOR EACH ROW EXECUTE FUNCTION finance_line_stays('finance_entry', 'entry_id');
CREATE TRIGGER finance_invoice_line_immutable BEFORE UPDATE OR DELETE ON finance_invoice_line
    FOR EACH ROW EXECUTE FUNCTION finance_line_stays('finance_invoice', 'invoice_id');
CREATE TRIGGER finance_bill_line_immutable BEFORE UPDATE OR DELETE ON finance_bill_line
    FOR EACH ROW EXECUTE FUNCTION finance_line_stays('finance_bill', 'bill_id');
CREATE TRIGGER finance_credit_note_line_immutable BEFORE UPDATE OR DELETE ON finance_credit_note_line
    FOR EACH ROW EXECUTE FUNCTION finance_line_stays('finance_credit_note', 'credit_note_id');

-- No line joins a posted document: its head says how many lines it has. One check for each statement, over the documents that it touches.
CREATE FUNCTION finance_line_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number text;
BEGIN
    EXECUTE format('SELECT coalesce(d.no, d.id::text) FROM %1$I.%2$I d
        WHERE d.status <> ''draft'' AND d.id IN (SELECT a.%3$I FROM added a)
        AND (SELECT count(*) FROM %1$I.%4$I l WHERE l.%3$I = d.id) > d.line_count LIMIT 1',
        TG_TABLE_SCHEMA, TG_ARGV[0], TG_ARGV[1], TG_TABLE_NAME) INTO number;
    IF number IS NOT NULL THEN
        RAISE EXCEPTION 'finance_posted_immutable: % is posted', number
            USING ERRCODE = 'TN001', CONSTRAINT = 'finance_posted_immutable', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER finance_entry_line_added AFTER INSERT ON finance_entry_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance_line_added('finance_entry', 'entry_id');
CREATE TRIGGER finance_invoice_line_added AFTER INSERT ON finance_invoice_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance_line_added('finance_invoice', 'invoice_id');
CREATE TRIGGER finance_bill_line_added AFTER INSERT ON finance_bill_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance_line_added('finance_bill', 'bill_id');
CREATE TRIGGER finance_credit_note_line_added AFTER INSERT ON finance_credit_note_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance_line_added('finance_credit_note', 'credit_note_id');

-- Nothing is posted into a hard-locked period; into a soft-locked one only what is marked as a closing adjustment. A date without a period is open.
-- Who posts and who locks meet at one advisory lock of the tenant, shared by all who post: a period is locked only when they are done, and whoever
-- comes later sees the lock.
CREATE FUNCTION finance_period_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7001, hashtext(TG_TABLE_SCHEMA));
    EXECUTE format('SELECT CASE WHEN bool_or(p.status = ''hard'') THEN ''hard'' WHEN bool_or(p.status = ''soft'') THEN ''soft'' ELSE ''open'' END
        FROM %I.finance_period p WHERE $1 BETWEEN p.start_date AND p.end_date', TG_TABLE_SCHEMA) INTO state USING NEW.date;
    IF state = 'hard' OR state = 'soft' AND NOT NEW.adjustment THEN
        RAISE EXCEPTION 'finance_period_locked: the period of % is locked', NEW.date
            USING ERRCODE = 'TN003', CONSTRAINT = 'finance_period_locked', TABLE = 'finance_entry';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER finance_entry_period AFTER INSERT OR UPDATE ON finance_entry
    FOR EACH ROW WHEN (NEW.status = 'posted') EXECUTE FUNCTION finance_period_open();

-- A hard lock is for good.
CREATE FUNCTION finance_period_hard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'hard' THEN
        RAISE EXCEPTION 'finance_period_locked: period % is locked for good', OLD.name
            USING ERRCODE = 'TN003', CONSTRAINT = 'finance_period_locked', TABLE = 'finance_period';
    END IF;
    PERFORM pg_advisory_xact_lock(7001, hashtext(TG_TABLE_SCHEMA));
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER finance_period_stays BEFORE UPDATE OR DELETE ON finance_period
    FOR EACH ROW EXECUTE FUNCTION finance_period_hard();
