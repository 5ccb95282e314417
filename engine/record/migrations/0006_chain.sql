-- Which version of the rights allowed it, and which rules.
ALTER TABLE audit_entry ADD COLUMN policy_version bigint NOT NULL DEFAULT 0;
ALTER TABLE audit_entry ADD COLUMN rules text[] NOT NULL DEFAULT '{}';
CREATE UNIQUE INDEX audit_entry_seq_idx ON audit_entry (seq);

-- The chain over the entries: one writer closes it in short batches behind those who write entries, so that these wait for nothing.
CREATE TABLE audit_link (
	n bigint PRIMARY KEY,
	seq bigint NOT NULL,
	salt bytea NOT NULL,
	hash bytea NOT NULL,
	CONSTRAINT audit_link_seq_key UNIQUE (seq)
);
-- tenon:append-only audit_link

CREATE TABLE audit_checkpoint (
	n bigint PRIMARY KEY,
	hash bytea NOT NULL,
	at timestamptz NOT NULL,
	key text NOT NULL,
	signature text NOT NULL
);
-- tenon:append-only audit_checkpoint

-- Where the chain is. Up to settled every entry is in it; watch, horizon and watched_at find the next such place.
CREATE TABLE audit_head (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	n bigint NOT NULL DEFAULT 0,
	hash bytea NOT NULL DEFAULT ''::bytea,
	settled bigint NOT NULL DEFAULT 0,
	watch bigint NOT NULL DEFAULT 0,
	horizon bigint NOT NULL DEFAULT 0,
	watched_at timestamptz NOT NULL DEFAULT now(),
	cut_n bigint NOT NULL DEFAULT 0,
	cut_hash bytea NOT NULL DEFAULT ''::bytea,
	keep_days int NOT NULL DEFAULT 0 -- 0: for good
);
INSERT INTO audit_head DEFAULT VALUES;
