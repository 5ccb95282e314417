-- What a by-product was given of the cost so far: its share is of the cost of all parts, also of those that were too small to yield a piece of it.
ALTER TABLE production_by_product ADD COLUMN done_value numeric(20,4) NOT NULL DEFAULT 0;
UPDATE production_by_product b SET done_value = round((o.material_absorbed + o.labour_absorbed - o.output_value) * b.cost_percent / s.percent, 2)
	FROM production_order o, (SELECT order_id, sum(cost_percent) AS percent FROM production_by_product WHERE done_quantity > 0 GROUP BY order_id) s
	WHERE o.id = b.order_id AND s.order_id = b.order_id AND b.done_quantity > 0 AND s.percent > 0;
