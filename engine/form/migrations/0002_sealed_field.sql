-- The fields that this tenant itself keeps encrypted. The ciphertext has a column beside the field's own.
CREATE TABLE sealed_field (
	entity text NOT NULL,
	field text NOT NULL,
	state text NOT NULL CHECK (state IN ('sealing', 'sealed', 'unsealing')),
	marked_at timestamptz NOT NULL,
	PRIMARY KEY (entity, field)
);
