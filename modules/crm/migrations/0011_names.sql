-- What the program named is called in the reader's language; a name that people gave stays the only one.
-- tenon:tolerates 8
ALTER TABLE crm_stage ADD COLUMN name_zh text NOT NULL DEFAULT '', ADD COLUMN name_en text NOT NULL DEFAULT '';
UPDATE crm_stage r SET name_zh = n.zh, name_en = n.en FROM (VALUES
	('初步接触', 'First contact'),
	('需求确认', 'Needs confirmed'),
	('方案报价', 'Proposal'),
	('商务谈判', 'Negotiation'),
	('待签合同', 'Contract pending')
) n (zh, en) WHERE r.name IN (n.zh, n.en);
