-- A year that is closed closes its periods: nothing is posted into them, but the year can be reopened as long as no hard lock was set. A hard lock stays
-- for good.

ALTER TABLE finance_period DROP CONSTRAINT finance_period_status_check;
ALTER TABLE finance_period ADD CONSTRAINT finance_period_status_check CHECK (status IN ('open', 'soft', 'closed', 'hard'));

CREATE OR REPLACE FUNCTION finance_period_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7001, hashtext(TG_TABLE_SCHEMA));
    EXECUTE format('SELECT CASE WHEN bool_or(p.status IN (''hard'', ''closed'')) THEN ''hard'' WHEN bool_or(p.status = ''soft'') THEN ''soft'' ELSE ''open'' END
        FROM %I.finance_period p WHERE $1 BETWEEN p.start_date AND p.end_date', TG_TABLE_SCHEMA) INTO state USING NEW.date;
    IF state = 'hard' OR state = 'soft' AND NOT NEW.adjustment THEN
        RAISE EXCEPTION 'finance_period_locked: the period of % is locked', NEW.date
            USING ERRCODE = 'TN003', CONSTRAINT = 'finance_period_locked', TABLE = 'finance_entry';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION finance_period_hard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    year text;
BEGIN
    IF OLD.status = 'hard' THEN
        RAISE EXCEPTION 'finance_period_locked: period % is locked for good', OLD.name
            USING ERRCODE = 'TN003', CONSTRAINT = 'finance_period_locked', TABLE = 'finance_period';
    END IF;
    PERFORM pg_advisory_xact_lock(7001, hashtext(TG_TABLE_SCHEMA));
    IF TG_OP = 'DELETE' THEN
        IF OLD.status = 'closed' THEN
            RAISE EXCEPTION 'finance_period_locked: period % is closed', OLD.name
                USING ERRCODE = 'TN003', CONSTRAINT = 'finance_period_locked', TABLE = 'finance_period';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status = 'closed' AND NEW.status NOT IN ('closed', 'hard') THEN
        EXECUTE format('SELECT y.status FROM %I.finance_fiscal_year y WHERE y.id = $1', TG_TABLE_SCHEMA) INTO year USING OLD.fiscal_year_id;
        IF year = 'closed' THEN
            RAISE EXCEPTION 'finance_period_locked: period % is closed with its year', OLD.name
                USING ERRCODE = 'TN003', CONSTRAINT = 'finance_period_locked', TABLE = 'finance_period';
        END IF;
    END IF;
    RETURN NEW;
END $$;
