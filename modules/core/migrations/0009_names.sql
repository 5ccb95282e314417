-- What the program named is called in the reader's language; a name that people gave stays the only one.
-- tenon:tolerates 8
ALTER TABLE product_category ADD COLUMN name_zh text NOT NULL DEFAULT '', ADD COLUMN name_en text NOT NULL DEFAULT '';
UPDATE product_category r SET name_zh = n.zh, name_en = n.en FROM (VALUES
	('通用', 'General')
) n (zh, en) WHERE r.name IN (n.zh, n.en);
