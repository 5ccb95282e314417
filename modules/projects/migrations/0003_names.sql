-- What the program named is called in the reader's language; a name that people gave stays the only one.
-- tenon:tolerates 2
ALTER TABLE projects_template ADD COLUMN name_zh text NOT NULL DEFAULT '', ADD COLUMN name_en text NOT NULL DEFAULT '';
UPDATE projects_template r SET name_zh = n.zh, name_en = n.en FROM (VALUES
	('标准实施', 'Standard delivery')
) n (zh, en) WHERE r.name IN (n.zh, n.en);
