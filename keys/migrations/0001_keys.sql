-- A tenant's data keys, each wrapped by the key that the key service holds for the tenant: a copy of these rows opens nothing without that service.
CREATE TABLE data_key (
	id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'), -- as sealed values name it
	purpose text NOT NULL CHECK (purpose IN ('data', 'index', 'sign')),
	number int NOT NULL,
	wrapped text NOT NULL,
	public text NOT NULL DEFAULT '', -- of a pair that signs
	created_at timestamptz NOT NULL,
	CONSTRAINT data_key_number_key UNIQUE (purpose, number)
);

-- The tenant's own key service, where it has one. The credential is wrapped by the platform's key for the tenant.
CREATE TABLE key_service (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	settings jsonb NOT NULL,
	credential text NOT NULL,
	saved_at timestamptz NOT NULL,
	saved_by uuid
);
-- tenon:stays data_key, key_service
