-- What is encrypted is stored as bytes.
ALTER TABLE webhook ALTER COLUMN secret TYPE bytea USING CASE WHEN secret LIKE 'sealed:%' THEN decode(substr(secret, 8), 'hex') ELSE ''::bytea END;
