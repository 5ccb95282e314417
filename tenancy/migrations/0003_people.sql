-- tenon:tolerates 2
-- How people come in: proofs by mail, second factors, passkeys, identities of other services, and where their sessions are.
ALTER TABLE tenon.tenant ADD COLUMN address text;
UPDATE tenon.tenant SET address = replace(schema_name, '_', '-');
-- An address stays taken when its company is gone: nobody else may receive what was meant for it.
CREATE UNIQUE INDEX tenant_address_key ON tenon.tenant (address);
ALTER TABLE tenon.tenant ADD COLUMN sign_in jsonb NOT NULL DEFAULT '{}';

ALTER TABLE tenon.person ADD COLUMN second_factor boolean NOT NULL DEFAULT false;

ALTER TABLE tenon.session ADD COLUMN method text NOT NULL DEFAULT 'password';
ALTER TABLE tenon.session ADD COLUMN agent text NOT NULL DEFAULT '';
ALTER TABLE tenon.session ADD COLUMN network text NOT NULL DEFAULT '';
-- A session that a company's own identity provider opened never leaves that company.
ALTER TABLE tenon.session ADD COLUMN bound boolean NOT NULL DEFAULT false;
-- When rights change the next request gets a new cookie; the old one goes on for the moment that other requests are under way.
ALTER TABLE tenon.session ADD COLUMN rotate boolean NOT NULL DEFAULT false;
ALTER TABLE tenon.session ADD COLUMN old_hash bytea;
ALTER TABLE tenon.session ADD COLUMN old_until timestamptz;
CREATE INDEX session_old_hash_idx ON tenon.session (old_hash) WHERE old_hash IS NOT NULL;

ALTER TABLE tenon.token ADD COLUMN bound boolean NOT NULL DEFAULT false;

-- What was asked for by mail. The secret of the link and the six digits are made when the mail is written; only their hashes are kept.
CREATE TABLE tenon.proof (
	id uuid PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('verify', 'reset', 'invite')),
	email text NOT NULL,
	locale text NOT NULL,
	person_id uuid REFERENCES tenon.person ON DELETE CASCADE,
	tenant_id uuid REFERENCES tenon.tenant,
	subject_id uuid,
	link bytea UNIQUE,
	code text NOT NULL DEFAULT '',
	guesses int NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL
);
CREATE INDEX proof_person_idx ON tenon.proof (person_id, kind);
CREATE INDEX proof_subject_idx ON tenon.proof (subject_id);
CREATE INDEX proof_email_idx ON tenon.proof (lower(email), kind);
CREATE INDEX proof_expires_idx ON tenon.proof (expires_at);

-- The secret of a person's authenticator app, sealed under the key of the company in which they set it up.
CREATE TABLE tenon.authenticator (
	person_id uuid PRIMARY KEY REFERENCES tenon.person ON DELETE CASCADE,
	tenant_id uuid NOT NULL REFERENCES tenon.tenant,
	secret bytea NOT NULL,
	confirmed_at timestamptz,
	last_step bigint NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL
);

CREATE TABLE tenon.recovery_code (
	person_id uuid NOT NULL REFERENCES tenon.person ON DELETE CASCADE,
	hash bytea NOT NULL,
	used_at timestamptz,
	PRIMARY KEY (person_id, hash)
);

CREATE TABLE tenon.passkey (
	id uuid PRIMARY KEY,
	person_id uuid NOT NULL REFERENCES tenon.person ON DELETE CASCADE,
	credential_id bytea NOT NULL UNIQUE,
	name text NOT NULL,
	data jsonb NOT NULL,
	created_at timestamptz NOT NULL,
	seen_at timestamptz
);
CREATE INDEX passkey_person_idx ON tenon.passkey (person_id);

-- A login, or a change of credentials, that takes more than one request. The caller holds the secret.
CREATE TABLE tenon.ceremony (
	id uuid PRIMARY KEY,
	hash bytea NOT NULL UNIQUE,
	kind text NOT NULL,
	person_id uuid REFERENCES tenon.person ON DELETE CASCADE,
	guesses int NOT NULL DEFAULT 0,
	data jsonb NOT NULL,
	expires_at timestamptz NOT NULL
);
CREATE INDEX ceremony_expires_idx ON tenon.ceremony (expires_at);

-- Who a person is to an identity provider: one of the installation's (no tenant) or a company's own.
CREATE TABLE tenon.identity (
	id uuid PRIMARY KEY,
	person_id uuid NOT NULL REFERENCES tenon.person ON DELETE CASCADE,
	tenant_id uuid REFERENCES tenon.tenant,
	issuer text NOT NULL,
	subject text NOT NULL,
	created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX identity_tenant_key ON tenon.identity (tenant_id, issuer, subject) WHERE tenant_id IS NOT NULL;
CREATE UNIQUE INDEX identity_platform_key ON tenon.identity (issuer, subject) WHERE tenant_id IS NULL;
CREATE INDEX identity_person_idx ON tenon.identity (person_id);

-- What may be used once: solved puzzles, signed assertions.
CREATE TABLE tenon.spent (
	hash bytea PRIMARY KEY,
	expires_at timestamptz NOT NULL
);
CREATE INDEX spent_expires_idx ON tenon.spent (expires_at);

-- Who accepted which version of the terms for which company, when and from where.
CREATE TABLE tenon.acceptance (
	tenant_id uuid NOT NULL REFERENCES tenon.tenant,
	version text NOT NULL,
	person_id uuid NOT NULL,
	network text NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, version, person_id)
);

-- Networks from which a person has come in: a flood of guesses from elsewhere does not keep them out here.
CREATE TABLE tenon.known_network (
	email text NOT NULL,
	network text NOT NULL,
	seen_at timestamptz NOT NULL,
	PRIMARY KEY (email, network)
);

-- Random bytes that all programs of an installation share, for what is signed and short-lived.
CREATE TABLE tenon.secret (
	name text PRIMARY KEY,
	value bytea NOT NULL
);
