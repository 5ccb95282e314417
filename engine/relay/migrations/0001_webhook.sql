-- Where a company wants its events sent, and what became of each attempt.
CREATE TABLE webhook (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	url text NOT NULL,
	events text[] NOT NULL DEFAULT '{}',
	secret text NOT NULL,
	active boolean NOT NULL DEFAULT true
);

CREATE TABLE webhook_delivery (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	webhook_id uuid NOT NULL,
	event_id uuid NOT NULL,
	event text NOT NULL,
	entity text NOT NULL DEFAULT '',
	record_id uuid,
	happened_at timestamptz NOT NULL,
	attempt bigint NOT NULL,
	ok boolean NOT NULL,
	status bigint NOT NULL DEFAULT 0,
	error text NOT NULL DEFAULT '',
	took_ms bigint NOT NULL DEFAULT 0
);
CREATE INDEX webhook_delivery_webhook_idx ON webhook_delivery (webhook_id, id DESC);
