-- Whom a company has asked to join, through which provider its people come in, and what its directory has told.
CREATE TABLE invitation (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	email text NOT NULL,
	name text NOT NULL DEFAULT '',
	roles text[] NOT NULL DEFAULT '{}',
	locale text NOT NULL,
	status text NOT NULL,
	invited_by uuid,
	sent_at timestamptz,
	expires_at timestamptz,
	user_id uuid
);
CREATE UNIQUE INDEX invitation_pending_key ON invitation (lower(email)) WHERE status = 'pending';

CREATE TABLE identity_provider (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	label text NOT NULL DEFAULT '',
	kind text NOT NULL,
	issuer text NOT NULL DEFAULT '',
	client_id text NOT NULL DEFAULT '',
	client_secret bytea NOT NULL DEFAULT ''::bytea, -- encrypted
	metadata text NOT NULL DEFAULT '',
	domains text[] NOT NULL DEFAULT '{}',
	join_roles text[] NOT NULL DEFAULT '{}',
	join_new boolean NOT NULL DEFAULT true,
	active boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX identity_provider_name_key ON identity_provider (name);

CREATE TABLE scim_user (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	user_id uuid NOT NULL,
	user_name text NOT NULL,
	external_id text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX scim_user_user_key ON scim_user (user_id);

CREATE TABLE scim_group (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	external_id text NOT NULL DEFAULT '',
	role text NOT NULL DEFAULT '',
	members text[] NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX scim_group_name_key ON scim_group (lower(name));

-- What the sample data consists of, so that it can be taken away again.
CREATE TABLE sample_record (
	id uuid PRIMARY KEY,
	entity text NOT NULL,
	n int NOT NULL
);
