-- What customer management keeps. References to other modules' records are checked by the engine, not by keys.

CREATE TABLE crm_stage (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	sequence bigint NOT NULL DEFAULT 0,
	probability numeric(9,4) NOT NULL DEFAULT 0,
	CONSTRAINT crm_stage_name_key UNIQUE (name)
);

CREATE TABLE crm_campaign (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	channel text NOT NULL DEFAULT 'event',
	status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'running', 'done')),
	owner_id uuid,
	start_date date,
	end_date date,
	budget_amount numeric(20,4) NOT NULL DEFAULT 0,
	actual_amount numeric(20,4) NOT NULL DEFAULT 0,
	note text NOT NULL DEFAULT ''
);

CREATE SEQUENCE crm_customer_no_seq;

CREATE TABLE crm_customer (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	number text,
	name text NOT NULL,
	territory text NOT NULL DEFAULT '',
	industry text NOT NULL DEFAULT '',
	credit_limit numeric(20,4) NOT NULL DEFAULT 0,
	owner_id uuid,
	phone text NOT NULL DEFAULT '',
	email text NOT NULL DEFAULT '',
	address text NOT NULL DEFAULT '',
	payment_term_id uuid,
	tax_no text NOT NULL DEFAULT '',
	notify_progress boolean NOT NULL DEFAULT false,
	active boolean NOT NULL DEFAULT true,
	note text NOT NULL DEFAULT '',
	CONSTRAINT crm_customer_number_key UNIQUE (number)
);
CREATE INDEX crm_customer_owner ON crm_customer (owner_id);
CREATE INDEX crm_customer_name ON crm_customer (name);

CREATE TABLE crm_contact (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	customer_id uuid,
	name text NOT NULL,
	title text NOT NULL DEFAULT '',
	department text NOT NULL DEFAULT '',
	phone text NOT NULL DEFAULT '',
	mobile text NOT NULL DEFAULT '',
	email text NOT NULL DEFAULT '',
	wecom text NOT NULL DEFAULT '',
	is_primary boolean NOT NULL DEFAULT false,
	note text NOT NULL DEFAULT ''
);
CREATE INDEX crm_contact_customer ON crm_contact (customer_id);

CREATE TABLE crm_lead (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	company text NOT NULL DEFAULT '',
	contact_name text NOT NULL DEFAULT '',
	phone text NOT NULL DEFAULT '',
	email text NOT NULL DEFAULT '',
	territory text NOT NULL DEFAULT '',
	source text NOT NULL DEFAULT 'other',
	campaign_id uuid,
	owner_id uuid,
	status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'contacted', 'converted', 'disqualified')),
	expected_amount numeric(20,4) NOT NULL DEFAULT 0,
	customer_id uuid,
	opportunity_id uuid,
	reason text NOT NULL DEFAULT '',
	note text NOT NULL DEFAULT ''
);
CREATE INDEX crm_lead_owner ON crm_lead (owner_id, status);
CREATE INDEX crm_lead_campaign ON crm_lead (campaign_id);

CREATE TABLE crm_opportunity (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	customer_id uuid,
	contact_id uuid,
	campaign_id uuid,
	owner_id uuid,
	stage text NOT NULL DEFAULT '',
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'won', 'lost')),
	probability numeric(9,4) NOT NULL DEFAULT 0,
	expected_amount numeric(20,4) NOT NULL DEFAULT 0,
	currency text NOT NULL DEFAULT 'CNY',
	close_date date,
	requested_date date,
	delivery_address text NOT NULL DEFAULT '',
	terms text NOT NULL DEFAULT '',
	payment_term_id uuid,
	lost_reason text NOT NULL DEFAULT '',
	note text NOT NULL DEFAULT '',
	order_id uuid,
	delivery_status text NOT NULL DEFAULT 'none' CHECK (delivery_status IN ('none', 'waiting', 'partial', 'shipped')),
	delivery_progress numeric(9,4) NOT NULL DEFAULT 0,
	promised_date date,
	promised_by text NOT NULL DEFAULT '',
	payment_status text NOT NULL DEFAULT 'none' CHECK (payment_status IN ('none', 'partial', 'paid')),
	collected_amount numeric(20,4) NOT NULL DEFAULT 0,
	project_id uuid,
	project_progress numeric(9,4) NOT NULL DEFAULT 0,
	project_cost numeric(20,4) NOT NULL DEFAULT 0,
	CONSTRAINT crm_opportunity_order_id_key UNIQUE (order_id)
);
CREATE INDEX crm_opportunity_customer ON crm_opportunity (customer_id);
CREATE INDEX crm_opportunity_owner ON crm_opportunity (owner_id, status);
CREATE INDEX crm_opportunity_stage ON crm_opportunity (status, stage);
CREATE INDEX crm_opportunity_close ON crm_opportunity (close_date);

CREATE TABLE crm_opportunity_line (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	opportunity_id uuid NOT NULL REFERENCES crm_opportunity (id) ON DELETE CASCADE,
	product_id uuid NOT NULL,
	quantity numeric(20,6) NOT NULL,
	unit text NOT NULL DEFAULT '',
	unit_price numeric(20,6) NOT NULL DEFAULT 0,
	discount_percent numeric(9,4) NOT NULL DEFAULT 0,
	amount numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX crm_opportunity_line_opportunity ON crm_opportunity_line (opportunity_id);

CREATE TABLE crm_arrival (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	opportunity_id uuid NOT NULL REFERENCES crm_opportunity (id) ON DELETE CASCADE,
	product_id uuid NOT NULL,
	quantity numeric(20,6) NOT NULL,
	date date,
	source_no text NOT NULL DEFAULT ''
);
CREATE INDEX crm_arrival_opportunity ON crm_arrival (opportunity_id);

CREATE TABLE crm_activity (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	subject text NOT NULL,
	type text NOT NULL DEFAULT 'task',
	status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'done')),
	due_date date,
	done_at timestamptz,
	owner_id uuid,
	customer_id uuid,
	contact_id uuid,
	lead_id uuid,
	opportunity_id uuid,
	note text NOT NULL DEFAULT '',
	outcome text NOT NULL DEFAULT ''
);
CREATE INDEX crm_activity_owner ON crm_activity (owner_id, status, due_date);
CREATE INDEX crm_activity_customer ON crm_activity (customer_id);
CREATE INDEX crm_activity_opportunity ON crm_activity (opportunity_id);

CREATE SEQUENCE crm_service_case_no_seq;

CREATE TABLE crm_service_case (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	no text,
	subject text NOT NULL,
	customer_id uuid,
	contact_id uuid,
	product_id uuid,
	order_id uuid,
	type text NOT NULL DEFAULT 'question',
	priority text NOT NULL DEFAULT 'normal',
	status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'in_progress', 'resolved', 'closed')),
	owner_id uuid,
	description text NOT NULL DEFAULT '',
	resolution text NOT NULL DEFAULT '',
	resolved_at timestamptz,
	CONSTRAINT crm_service_case_no_key UNIQUE (no)
);
CREATE INDEX crm_service_case_customer ON crm_service_case (customer_id);
CREATE INDEX crm_service_case_owner ON crm_service_case (owner_id, status);
