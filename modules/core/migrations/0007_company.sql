-- What documents say of the company itself. There is one row, so that there is one place to look; its name starts empty, which means the tenant's.
CREATE TABLE company (
	id uuid PRIMARY KEY,
	version bigint NOT NULL,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	name_en text,
	logo_id uuid,
	address text,
	address_en text,
	phone text,
	email text,
	tax_no text,
	bank_line text,
	bank_line_en text
);
CREATE UNIQUE INDEX company_only_idx ON company ((true));
INSERT INTO company (id, version, created_at, updated_at, name) VALUES (gen_random_uuid(), 1, now(), now(), '');
