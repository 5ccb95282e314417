-- Which documents hold an order up, from the supply that its line waits for down to the one that comes last.
ALTER TABLE sales_order ADD COLUMN critical_path text NOT NULL DEFAULT '';
