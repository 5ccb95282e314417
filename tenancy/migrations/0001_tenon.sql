-- What all tenants share: who they are, who may enter, what each has switched on. No tenant's role may read any of it.
CREATE TABLE tenon.tenant (
	id uuid PRIMARY KEY,
	name text NOT NULL,
	schema_name text NOT NULL UNIQUE,
	role_name text NOT NULL UNIQUE,
	bucket int NOT NULL,
	state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'closing', 'deleted')),
	locale text NOT NULL,
	zone text NOT NULL,
	currency text NOT NULL,
	generation bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	deleted_at timestamptz
);
CREATE INDEX tenant_bucket_idx ON tenon.tenant (bucket) WHERE state <> 'deleted';

-- An address may stand several times while it is not verified: who signs up with somebody's address gets a person of their own, never that one's.
CREATE TABLE tenon.person (
	id uuid PRIMARY KEY,
	email text NOT NULL,
	name text NOT NULL,
	password text NOT NULL DEFAULT '',
	verified boolean NOT NULL DEFAULT false,
	locale text NOT NULL,
	last_tenant uuid,
	created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX person_verified_email_key ON tenon.person (lower(email)) WHERE verified;
CREATE INDEX person_email_idx ON tenon.person (lower(email));

CREATE TABLE tenon.membership (
	person_id uuid NOT NULL REFERENCES tenon.person ON DELETE CASCADE,
	tenant_id uuid NOT NULL REFERENCES tenon.tenant,
	user_id uuid NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (person_id, tenant_id),
	CONSTRAINT membership_user_key UNIQUE (tenant_id, user_id)
);

CREATE TABLE tenon.session (
	id uuid PRIMARY KEY,
	hash bytea NOT NULL UNIQUE,
	person_id uuid NOT NULL REFERENCES tenon.person ON DELETE CASCADE,
	tenant_id uuid NOT NULL REFERENCES tenon.tenant,
	user_id uuid NOT NULL,
	csrf text NOT NULL,
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	seen_at timestamptz NOT NULL
);
CREATE INDEX session_person_idx ON tenon.session (person_id);
CREATE INDEX session_tenant_idx ON tenon.session (tenant_id);
CREATE INDEX session_expires_idx ON tenon.session (expires_at);

CREATE TABLE tenon.token (
	id uuid PRIMARY KEY,
	hash bytea NOT NULL UNIQUE,
	person_id uuid NOT NULL REFERENCES tenon.person ON DELETE CASCADE,
	tenant_id uuid NOT NULL REFERENCES tenon.tenant,
	user_id uuid NOT NULL,
	name text NOT NULL,
	scopes jsonb NOT NULL DEFAULT '[]',
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	seen_at timestamptz
);
CREATE INDEX token_tenant_idx ON tenon.token (tenant_id);
CREATE INDEX token_person_idx ON tenon.token (person_id);
CREATE INDEX token_expires_idx ON tenon.token (expires_at);

-- One row for each line of migrations that a tenant has: platform lines and modules, also those that are switched off now.
CREATE TABLE tenon.tenant_module (
	tenant_id uuid NOT NULL REFERENCES tenon.tenant,
	module text NOT NULL,
	state text NOT NULL CHECK (state IN ('on', 'off')),
	version int NOT NULL DEFAULT 0,
	tolerates int NOT NULL DEFAULT 0, -- the oldest latest-known version of a program that still works with these tables
	seeded boolean NOT NULL DEFAULT false,
	error text NOT NULL DEFAULT '',
	switched_at timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, module)
);

-- Login roles, each a member of so many tenants' roles only: what a stolen connection can reach at most.
CREATE TABLE tenon.bucket (
	n int PRIMARY KEY,
	role_name text NOT NULL UNIQUE,
	password text NOT NULL
);
