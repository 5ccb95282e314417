-- What the invoices of an order ask for, less credit notes, tax included: when nothing more will be invoiced, this is what has to be paid, to the cent.
-- An order that was invoiced before takes the part of its lines that was.
ALTER TABLE sales_order ADD COLUMN invoiced_amount numeric(20,4) NOT NULL DEFAULT 0;
UPDATE sales_order o SET invoiced_amount = l.invoiced
	FROM (SELECT order_id, round(sum(total_amount * invoiced_quantity / quantity), 2) AS invoiced FROM sales_order_line
		WHERE invoiced_quantity > 0 AND quantity > 0 GROUP BY order_id) l
	WHERE l.order_id = o.id;
