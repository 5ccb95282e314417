-- What a tenant pays with, in which state of its life it is, and what follows next by rule.
CREATE TABLE tenon.billing_account (
	tenant_id uuid PRIMARY KEY REFERENCES tenon.tenant,
	state text NOT NULL CHECK (state IN ('trial', 'active', 'past_due', 'read_only', 'suspended', 'closing', 'closed')),
	cause text NOT NULL DEFAULT '',
	since timestamptz NOT NULL,
	back text NOT NULL DEFAULT '', -- the state to which a request to close that is taken back returns
	trial_ends_at timestamptz NOT NULL,
	plan text NOT NULL DEFAULT 'standard',
	currency text NOT NULL CHECK (currency IN ('CNY', 'USD', 'EUR')),
	collect text NOT NULL DEFAULT 'none' CHECK (collect IN ('none', 'provider', 'invoice')),
	name text NOT NULL DEFAULT '',
	email text NOT NULL DEFAULT '',
	tax_id text NOT NULL DEFAULT '',
	tax_percent numeric(9, 4),
	discount_percent numeric(9, 4) NOT NULL DEFAULT 0,
	discount_until date,
	overrides jsonb NOT NULL DEFAULT '[]',
	budget numeric(20, 4),
	cap boolean NOT NULL DEFAULT false,
	warned text NOT NULL DEFAULT '', -- the last warning that was sent, so that it is sent once
	customer text NOT NULL DEFAULT '',
	subscription text NOT NULL DEFAULT '',
	consent_until timestamptz, -- until when the operator may enter as one of this company's people
	rolled_until timestamptz NOT NULL,
	billed_until date NOT NULL, -- the first day that no invoice covers
	created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX billing_account_customer_key ON tenon.billing_account (customer) WHERE customer <> '';

CREATE TABLE tenon.billing_step (
	seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id uuid NOT NULL,
	at timestamptz NOT NULL,
	was text NOT NULL,
	state text NOT NULL,
	cause text NOT NULL,
	actor text NOT NULL DEFAULT ''
);
CREATE INDEX billing_step_tenant_idx ON tenon.billing_step (tenant_id, seq);

-- Prices never change: a new version is valid from the first day of a month.
CREATE TABLE tenon.price_book (
	version int PRIMARY KEY,
	valid_from date NOT NULL,
	note text NOT NULL DEFAULT '',
	body jsonb NOT NULL,
	created_at timestamptz NOT NULL
);

-- Facts that no tenant's own tables hold. A person's first use of a module on a day is one row, written before the answer.
CREATE TABLE tenon.usage_seat (
	tenant_id uuid NOT NULL,
	day date NOT NULL,
	module text NOT NULL,
	user_id uuid NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, day, module, user_id)
);
-- Calls are counted in memory; each process writes its own running total of the hour, so that writing it twice changes nothing.
CREATE TABLE tenon.usage_count (
	tenant_id uuid NOT NULL,
	meter text NOT NULL,
	hour timestamptz NOT NULL,
	source uuid NOT NULL,
	quantity bigint NOT NULL CHECK (quantity >= 0),
	PRIMARY KEY (tenant_id, meter, hour, source)
);
-- What is stored is measured once a day.
CREATE TABLE tenon.usage_gauge (
	tenant_id uuid NOT NULL,
	meter text NOT NULL,
	day date NOT NULL,
	quantity numeric(30, 9) NOT NULL CHECK (quantity >= 0),
	detail jsonb NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, meter, day)
);
-- The roll-up: what each hour used. It can be made again from the facts at any time.
CREATE TABLE tenon.usage_hour (
	tenant_id uuid NOT NULL,
	meter text NOT NULL,
	module text NOT NULL DEFAULT '',
	hour timestamptz NOT NULL,
	quantity numeric(30, 9) NOT NULL CHECK (quantity >= 0),
	PRIMARY KEY (tenant_id, hour, meter, module)
);

CREATE TABLE tenon.billing_invoice (
	id uuid PRIMARY KEY,
	tenant_id uuid NOT NULL,
	no text NOT NULL UNIQUE,
	kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
	about_id uuid REFERENCES tenon.billing_invoice,
	state text NOT NULL CHECK (state IN ('open', 'paid', 'uncollectible', 'void')),
	first_day date NOT NULL,
	last_day date NOT NULL,
	currency text NOT NULL,
	book int NOT NULL,
	customer jsonb NOT NULL, -- name, e-mail and tax id as they were
	subtotal numeric(20, 4) NOT NULL,
	discount numeric(20, 4) NOT NULL,
	tax_percent numeric(9, 4) NOT NULL,
	tax numeric(20, 4) NOT NULL,
	total numeric(20, 4) NOT NULL,
	reason text NOT NULL DEFAULT '',
	issued_at timestamptz NOT NULL,
	due_on date NOT NULL,
	paid_at timestamptz,
	paid_by text NOT NULL DEFAULT '',
	provider_ref text NOT NULL DEFAULT '',
	provider_url text NOT NULL DEFAULT '',
	own jsonb NOT NULL DEFAULT '[]' -- the account's own prices as they were
);
CREATE UNIQUE INDEX billing_invoice_period_key ON tenon.billing_invoice (tenant_id, first_day) WHERE kind = 'invoice' AND state <> 'void';
CREATE UNIQUE INDEX billing_invoice_provider_key ON tenon.billing_invoice (provider_ref) WHERE provider_ref <> '';
CREATE INDEX billing_invoice_tenant_idx ON tenon.billing_invoice (tenant_id, issued_at DESC);

CREATE TABLE tenon.billing_line (
	id uuid PRIMARY KEY,
	invoice_id uuid NOT NULL REFERENCES tenon.billing_invoice ON DELETE CASCADE,
	position int NOT NULL,
	meter text NOT NULL,
	module text NOT NULL DEFAULT '',
	first_day date NOT NULL,
	last_day date NOT NULL,
	used numeric(30, 9) NOT NULL,
	quantity numeric(30, 9) NOT NULL, -- what is charged of it
	price text NOT NULL,
	amount numeric(20, 4) NOT NULL
);
CREATE INDEX billing_line_invoice_idx ON tenon.billing_line (invoice_id, position);

-- What the provider is to be told, in order of making; it waits while the provider is down.
CREATE TABLE tenon.billing_outbox (
	seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id uuid NOT NULL,
	key text NOT NULL UNIQUE, -- the idempotency key of the call
	kind text NOT NULL,
	body jsonb NOT NULL,
	attempts int NOT NULL DEFAULT 0,
	next_at timestamptz NOT NULL,
	done_at timestamptz,
	error text NOT NULL DEFAULT ''
);
CREATE INDEX billing_outbox_due_idx ON tenon.billing_outbox (next_at) WHERE done_at IS NULL;

-- What the provider told us, as it came, each event once.
CREATE TABLE tenon.billing_inbox (
	event text PRIMARY KEY,
	kind text NOT NULL,
	about text NOT NULL DEFAULT '', -- the provider's id of what it tells of
	at timestamptz NOT NULL, -- when it happened, by the provider's clock
	received_at timestamptz NOT NULL,
	body text NOT NULL,
	times int NOT NULL DEFAULT 1,
	done_at timestamptz,
	outcome text NOT NULL DEFAULT ''
);
CREATE INDEX billing_inbox_about_idx ON tenon.billing_inbox (about, kind) WHERE about <> '';
CREATE INDEX billing_inbox_open_idx ON tenon.billing_inbox (received_at) WHERE done_at IS NULL;

-- What has been reported to the provider of each month, in minor units of the currency.
CREATE TABLE tenon.billing_report (
	tenant_id uuid NOT NULL,
	month date NOT NULL,
	amount bigint NOT NULL CHECK (amount >= 0),
	parts int NOT NULL,
	PRIMARY KEY (tenant_id, month)
);

CREATE TABLE tenon.billing_difference (
	id uuid PRIMARY KEY,
	tenant_id uuid NOT NULL,
	month date NOT NULL,
	what text NOT NULL,
	ours text NOT NULL,
	theirs text NOT NULL,
	found_at timestamptz NOT NULL,
	repaired_at timestamptz
);
CREATE UNIQUE INDEX billing_difference_open_key ON tenon.billing_difference (tenant_id, month, what) WHERE repaired_at IS NULL;

CREATE TABLE tenon.operator (
	person_id uuid PRIMARY KEY REFERENCES tenon.person ON DELETE CASCADE,
	granted_at timestamptz NOT NULL,
	granted_by text NOT NULL
);
CREATE TABLE tenon.operator_entry (
	seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL,
	operator text NOT NULL,
	tenant_id uuid,
	what text NOT NULL,
	detail jsonb NOT NULL DEFAULT '{}'
);
