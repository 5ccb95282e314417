-- A deal whose order was cancelled may be won again: only one order of it is alive.
-- tenon:tolerates 4
ALTER TABLE sales_order DROP CONSTRAINT sales_order_opportunity_id_key;
CREATE UNIQUE INDEX sales_order_opportunity_id_key ON sales_order (opportunity_id) WHERE status <> 'cancelled';
