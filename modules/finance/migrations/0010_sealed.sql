-- What is encrypted is stored as bytes.
ALTER TABLE finance_bank_account ALTER COLUMN number DROP DEFAULT;
ALTER TABLE finance_bank_account ALTER COLUMN number TYPE bytea USING CASE WHEN number LIKE 'sealed:%' THEN decode(substr(number, 8), 'hex') ELSE ''::bytea END;
ALTER TABLE finance_bank_account ALTER COLUMN number SET DEFAULT ''::bytea;
