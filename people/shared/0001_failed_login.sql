-- Wrong passwords and codes, counted for all processes alike. What is counted (an account from a network, an account, a person) is kept as a hash only.
CREATE TABLE tenon.failed_login (
	what bytea PRIMARY KEY,
	times integer NOT NULL,
	last_at timestamptz NOT NULL
);
CREATE INDEX failed_login_last_at_idx ON tenon.failed_login (last_at);
