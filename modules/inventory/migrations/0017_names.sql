-- What the program named is called in the reader's language; a name that people gave stays the only one.
-- tenon:tolerates 16
ALTER TABLE warehouse ADD COLUMN name_zh text NOT NULL DEFAULT '', ADD COLUMN name_en text NOT NULL DEFAULT '';
UPDATE warehouse r SET name_zh = n.zh, name_en = n.en FROM (VALUES
	('主仓库', 'Main warehouse')
) n (zh, en) WHERE r.name IN (n.zh, n.en);
ALTER TABLE location ADD COLUMN name_zh text NOT NULL DEFAULT '', ADD COLUMN name_en text NOT NULL DEFAULT '';
UPDATE location r SET name_zh = n.zh, name_en = n.en FROM (VALUES
	('库存', 'Stock'),
	('供应商', 'Suppliers'),
	('客户', 'Customers'),
	('生产', 'Production'),
	('盘盈盘亏', 'Gains and losses'),
	('在途', 'In transit')
) n (zh, en) WHERE r.name IN (n.zh, n.en);
