-- What the audit of a copied company keeps sealed by keys that are not here. Its chain is over those ciphertexts, so they stay as they are; this is what
-- they say, sealed anew for this installation and found by the ciphertext's SHA-256.
-- tenon:tolerates 10
CREATE TABLE past_sealed (
	digest bytea PRIMARY KEY,
	entity text NOT NULL,
	field text NOT NULL,
	record_id uuid NOT NULL,
	cipher bytea NOT NULL
);
