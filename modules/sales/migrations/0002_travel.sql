-- Which documents hold an order up, from the supply that its line waits for down to the one that comes last.
ALTER TABLE sales_order ADD COLUMN critical_path text NOT NULL DEFAULT '';

-- How the customer stood when an order was confirmed or raised: what who releases it decides on.
ALTER TABLE sales_order ADD COLUMN credit_limit numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN credit_open numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN credit_unshipped numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN credit_overdue numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE sales_order_revision ADD COLUMN credit_limit numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE sales_order_revision ADD COLUMN credit_open numeric(20,4) NOT NULL DEFAULT 0;
