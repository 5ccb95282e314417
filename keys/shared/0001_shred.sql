-- What outlives a tenant's own tables: who of its people was shredded, so that a restore does it again; who agreed to destroy its keys; what was tried
-- then; and the key by which this installation signs that.
CREATE TABLE tenon.person_gone (
	tenant_id uuid NOT NULL,
	entity text NOT NULL,
	record_id uuid NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, entity, record_id)
);

CREATE TABLE tenon.closing_consent (
	tenant_id uuid NOT NULL,
	person_id uuid NOT NULL,
	user_id uuid, -- none: an operator of the service
	name text NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, person_id)
);

CREATE TABLE tenon.archive_key (
	tenant_id uuid NOT NULL,
	archive text NOT NULL,
	wrapped text NOT NULL,
	others int NOT NULL, -- who can open it besides this installation
	at timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, archive)
);

CREATE TABLE tenon.shredding (
	id uuid PRIMARY KEY,
	tenant_id uuid NOT NULL UNIQUE,
	begun_at timestamptz NOT NULL,
	before jsonb NOT NULL, -- what opened before
	certificate text, -- none: not done yet
	ended_at timestamptz
);

CREATE TABLE tenon.signing_key (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	public text NOT NULL,
	wrapped text NOT NULL,
	made_at timestamptz NOT NULL
);
