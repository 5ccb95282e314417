-- What is encrypted is stored as bytes.
ALTER TABLE vendor ALTER COLUMN bank_account DROP DEFAULT;
ALTER TABLE vendor ALTER COLUMN bank_account TYPE bytea
	USING CASE WHEN bank_account LIKE 'sealed:%' THEN decode(substr(bank_account, 8), 'hex') ELSE ''::bytea END;
ALTER TABLE vendor ALTER COLUMN bank_account SET DEFAULT ''::bytea;
