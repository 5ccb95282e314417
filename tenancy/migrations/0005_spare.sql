-- tenon:tolerates 4
-- Schemas with their roles and all tables, made before anybody signs up and taken by who does. They belong to nobody and hold nobody's data.
CREATE TABLE tenon.spare (
	schema_name text PRIMARY KEY, -- the role has the same name
	bucket int NOT NULL,
	made_of text NOT NULL, -- a digest of the migrations: only a program with the same ones takes it
	created_at timestamptz NOT NULL
);
