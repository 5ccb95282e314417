-- The fields that this tenant added to what it was given. Each has a real column of the same name in the entity's table.
CREATE TABLE own_field (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	entity text NOT NULL,
	name text NOT NULL CHECK (name ~ '^x_[a-z0-9_]{1,50}$'),
	label_zh text NOT NULL,
	label_en text NOT NULL,
	kind text NOT NULL,
	options jsonb NOT NULL DEFAULT '[]',
	required boolean NOT NULL DEFAULT false,
	class text NOT NULL DEFAULT 'custom',
	CONSTRAINT own_field_name_key UNIQUE (entity, name)
);
