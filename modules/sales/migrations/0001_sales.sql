-- What sales keeps: price lists, quotations, orders with their revisions and supply promises, and returns.

CREATE TABLE sales_price_list (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	currency text NOT NULL DEFAULT 'CNY',
	active boolean NOT NULL DEFAULT true,
	CONSTRAINT sales_price_list_name_key UNIQUE (name)
);

CREATE TABLE sales_price_list_line (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	price_list_id uuid NOT NULL REFERENCES sales_price_list (id) ON DELETE CASCADE,
	product_id uuid NOT NULL,
	unit text NOT NULL DEFAULT '',
	min_quantity numeric(20,6) NOT NULL DEFAULT 0,
	unit_price numeric(20,6) NOT NULL DEFAULT 0,
	discount_percent numeric(9,4) NOT NULL DEFAULT 0,
	valid_from date,
	valid_to date
);
CREATE INDEX sales_price_list_line_list ON sales_price_list_line (price_list_id, product_id);

CREATE SEQUENCE sales_quotation_no_seq;

CREATE TABLE sales_quotation (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	no text,
	customer_id uuid NOT NULL,
	opportunity_id uuid,
	owner_id uuid,
	status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'sent', 'accepted', 'rejected')),
	currency text NOT NULL DEFAULT 'CNY',
	date date,
	valid_until date,
	requested_date date,
	delivery_address text NOT NULL DEFAULT '',
	terms text NOT NULL DEFAULT '',
	payment_term_id uuid,
	price_list_id uuid,
	price_includes_tax boolean NOT NULL DEFAULT false,
	untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
	tax_amount numeric(20,4) NOT NULL DEFAULT 0,
	total_amount numeric(20,4) NOT NULL DEFAULT 0,
	order_id uuid,
	reject_reason text NOT NULL DEFAULT '',
	CONSTRAINT sales_quotation_no_key UNIQUE (no)
);
CREATE INDEX sales_quotation_customer ON sales_quotation (customer_id);
CREATE INDEX sales_quotation_opportunity ON sales_quotation (opportunity_id);

CREATE TABLE sales_quotation_line (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	quotation_id uuid NOT NULL REFERENCES sales_quotation (id) ON DELETE CASCADE,
	product_id uuid NOT NULL,
	description text NOT NULL DEFAULT '',
	quantity numeric(20,6) NOT NULL,
	unit text NOT NULL DEFAULT '',
	unit_price numeric(20,6) NOT NULL DEFAULT 0,
	discount_percent numeric(9,4) NOT NULL DEFAULT 0,
	tax_id uuid,
	untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
	tax_amount numeric(20,4) NOT NULL DEFAULT 0,
	total_amount numeric(20,4) NOT NULL DEFAULT 0,
	base_quantity numeric(20,6) NOT NULL DEFAULT 0
);
CREATE INDEX sales_quotation_line_quotation ON sales_quotation_line (quotation_id);

CREATE SEQUENCE sales_order_no_seq;

-- One order for a won opportunity: the database holds it too, whoever wins it twice at the same moment.
CREATE TABLE sales_order (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	no text,
	customer_id uuid NOT NULL,
	opportunity_id uuid,
	quotation_id uuid,
	owner_id uuid,
	customer_ref text NOT NULL DEFAULT '',
	status text NOT NULL DEFAULT 'draft'
		CHECK (status IN ('draft', 'pending_approval', 'confirmed', 'in_progress', 'done', 'cancelled')),
	currency text NOT NULL DEFAULT 'CNY',
	order_date date,
	requested_date date,
	promised_date date,
	promised_by text NOT NULL DEFAULT '',
	delivery_address text NOT NULL DEFAULT '',
	terms text NOT NULL DEFAULT '',
	payment_term_id uuid,
	price_list_id uuid,
	price_includes_tax boolean NOT NULL DEFAULT false,
	ship_complete boolean NOT NULL DEFAULT false,
	untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
	tax_amount numeric(20,4) NOT NULL DEFAULT 0,
	total_amount numeric(20,4) NOT NULL DEFAULT 0,
	company_amount numeric(20,4) NOT NULL DEFAULT 0,
	exchange_rate numeric(20,6) NOT NULL DEFAULT 1,
	cost_amount numeric(20,4) NOT NULL DEFAULT 0,
	margin_amount numeric(20,4) NOT NULL DEFAULT 0,
	delivery_status text NOT NULL DEFAULT 'none' CHECK (delivery_status IN ('none', 'waiting', 'partial', 'shipped')),
	delivery_progress numeric(9,4) NOT NULL DEFAULT 0 CHECK (delivery_progress BETWEEN 0 AND 100),
	invoice_status text NOT NULL DEFAULT 'none' CHECK (invoice_status IN ('none', 'waiting', 'partial', 'invoiced')),
	payment_status text NOT NULL DEFAULT 'none' CHECK (payment_status IN ('none', 'partial', 'paid')),
	collected_amount numeric(20,4) NOT NULL DEFAULT 0,
	credit_excess numeric(20,4) NOT NULL DEFAULT 0,
	revision bigint NOT NULL DEFAULT 0,
	cancel_reason text NOT NULL DEFAULT '',
	note text NOT NULL DEFAULT '',
	CONSTRAINT sales_order_no_key UNIQUE (no),
	CONSTRAINT sales_order_opportunity_id_key UNIQUE (opportunity_id)
);
CREATE INDEX sales_order_customer ON sales_order (customer_id);
CREATE INDEX sales_order_status ON sales_order (status, requested_date);
CREATE INDEX sales_order_owner ON sales_order (owner_id);
CREATE INDEX sales_order_date ON sales_order (order_date);

CREATE TABLE sales_order_line (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	order_id uuid NOT NULL REFERENCES sales_order (id) ON DELETE CASCADE,
	product_id uuid NOT NULL,
	description text NOT NULL DEFAULT '',
	quantity numeric(20,6) NOT NULL,
	unit text NOT NULL DEFAULT '',
	unit_price numeric(20,6) NOT NULL DEFAULT 0,
	discount_percent numeric(9,4) NOT NULL DEFAULT 0,
	tax_id uuid,
	untaxed_amount numeric(20,4) NOT NULL DEFAULT 0,
	tax_amount numeric(20,4) NOT NULL DEFAULT 0,
	total_amount numeric(20,4) NOT NULL DEFAULT 0,
	base_quantity numeric(20,6) NOT NULL DEFAULT 0,
	reserved_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (reserved_quantity >= 0),
	shipped_quantity numeric(20,6) NOT NULL DEFAULT 0,
	invoiced_quantity numeric(20,6) NOT NULL DEFAULT 0,
	returned_quantity numeric(20,6) NOT NULL DEFAULT 0,
	base_reserved numeric(20,6) NOT NULL DEFAULT 0 CHECK (base_reserved >= 0),
	base_shipped numeric(20,6) NOT NULL DEFAULT 0,
	promised_date date,
	fulfilment text NOT NULL DEFAULT '' CHECK (fulfilment IN ('', 'stock', 'project', 'direct')),
	closed boolean NOT NULL DEFAULT false
);
CREATE INDEX sales_order_line_order ON sales_order_line (order_id);
CREATE INDEX sales_order_line_product ON sales_order_line (product_id);

-- What an open line waits for. It goes with its line.
CREATE TABLE sales_promise (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	order_id uuid NOT NULL REFERENCES sales_order (id) ON DELETE CASCADE,
	order_line_id uuid NOT NULL REFERENCES sales_order_line (id) ON DELETE CASCADE,
	supply_entity text NOT NULL,
	supply_id uuid NOT NULL,
	supply_no text NOT NULL DEFAULT '',
	quantity numeric(20,6) NOT NULL,
	date date
);
CREATE INDEX sales_promise_order ON sales_promise (order_id);
CREATE INDEX sales_promise_line ON sales_promise (order_line_id);

CREATE TABLE sales_order_revision (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	order_id uuid NOT NULL REFERENCES sales_order (id) ON DELETE CASCADE,
	number bigint NOT NULL,
	name text NOT NULL DEFAULT '',
	status text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'pending_approval', 'applied', 'withdrawn')),
	reason text NOT NULL DEFAULT '',
	requested_from date,
	requested_to date,
	total_before numeric(20,4) NOT NULL DEFAULT 0,
	total_after numeric(20,4) NOT NULL DEFAULT 0,
	company_amount numeric(20,4) NOT NULL DEFAULT 0,
	raised_amount numeric(20,4) NOT NULL DEFAULT 0,
	credit_excess numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX sales_order_revision_order ON sales_order_revision (order_id);

CREATE TABLE sales_order_revision_line (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	revision_id uuid NOT NULL REFERENCES sales_order_revision (id) ON DELETE CASCADE,
	order_line_id uuid NOT NULL,
	change text NOT NULL CHECK (change IN ('added', 'changed', 'removed')),
	product_id uuid NOT NULL,
	description text NOT NULL DEFAULT '',
	unit text NOT NULL DEFAULT '',
	tax_id uuid,
	quantity_before numeric(20,6) NOT NULL DEFAULT 0,
	quantity_after numeric(20,6) NOT NULL DEFAULT 0,
	price_before numeric(20,6) NOT NULL DEFAULT 0,
	price_after numeric(20,6) NOT NULL DEFAULT 0,
	discount_before numeric(9,4) NOT NULL DEFAULT 0,
	discount_after numeric(9,4) NOT NULL DEFAULT 0
);
CREATE INDEX sales_order_revision_line_revision ON sales_order_revision_line (revision_id);

CREATE SEQUENCE sales_return_no_seq;

CREATE TABLE sales_return (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	no text,
	order_id uuid NOT NULL REFERENCES sales_order (id),
	customer_id uuid,
	status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'confirmed', 'cancelled')),
	date date,
	reason text NOT NULL DEFAULT '',
	CONSTRAINT sales_return_no_key UNIQUE (no)
);
CREATE INDEX sales_return_order ON sales_return (order_id);

CREATE TABLE sales_return_line (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	return_id uuid NOT NULL REFERENCES sales_return (id) ON DELETE CASCADE,
	order_line_id uuid NOT NULL,
	product_id uuid,
	quantity numeric(20,6) NOT NULL
);
CREATE INDEX sales_return_line_return ON sales_return_line (return_id);
