-- Which company is in which cell. A company that is being moved is in two for a while; the one that is open is meant.
CREATE SCHEMA IF NOT EXISTS tenon_front;
CREATE TABLE IF NOT EXISTS tenon_front.company (
	id uuid NOT NULL,
	cell text NOT NULL,
	address text NOT NULL,
	open boolean NOT NULL,
	PRIMARY KEY (id, cell)
);
CREATE INDEX IF NOT EXISTS company_address_idx ON tenon_front.company (address);
CREATE INDEX IF NOT EXISTS company_cell_idx ON tenon_front.company (cell);
-- Addresses of companies that are signing up at this moment, so that two cells don't give the same.
CREATE TABLE IF NOT EXISTS tenon_front.reservation (
	address text PRIMARY KEY,
	until timestamptz NOT NULL
);
