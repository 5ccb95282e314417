-- A won deal may be reopened once its order is cancelled. Orders of before are looked up once, where there are any.
-- tenon:tolerates 8
ALTER TABLE crm_opportunity ADD COLUMN order_cancelled boolean NOT NULL DEFAULT false;
DO $$
BEGIN
	IF to_regclass('sales_order') IS NOT NULL THEN
		UPDATE crm_opportunity o SET order_cancelled = true FROM sales_order s
		WHERE s.id = o.order_id AND s.status = 'cancelled' AND s.delivery_status = 'none';
	END IF;
END $$;
