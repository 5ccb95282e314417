-- What projects keep: templates, projects with the services they render, tasks, milestones, hours, expenses, people and risks.

CREATE TABLE projects_template (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	name text NOT NULL,
	is_default boolean NOT NULL DEFAULT false,
	manager_id uuid,
	CONSTRAINT projects_template_name_key UNIQUE (name)
);

CREATE TABLE projects_template_task (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	template_id uuid NOT NULL REFERENCES projects_template (id) ON DELETE CASCADE,
	name text NOT NULL,
	planned_hours numeric(20,6) NOT NULL DEFAULT 0,
	days bigint NOT NULL DEFAULT 5,
	after_no bigint NOT NULL DEFAULT 0,
	milestone text NOT NULL DEFAULT ''
);
CREATE INDEX projects_template_task_template ON projects_template_task (template_id);

CREATE SEQUENCE projects_project_no_seq;

-- One project for an order, whatever happens at the same moment.
CREATE TABLE projects_project (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	no text,
	name text NOT NULL,
	customer_id uuid,
	order_id uuid,
	opportunity_id uuid,
	template_id uuid,
	manager_id uuid,
	status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'active', 'closed', 'cancelled')),
	start_date date,
	end_date date,
	next_due date,
	progress numeric(9,4) NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
	budget_amount numeric(20,4) NOT NULL DEFAULT 0,
	planned_hours numeric(20,6) NOT NULL DEFAULT 0,
	actual_hours numeric(20,6) NOT NULL DEFAULT 0,
	labour_cost numeric(20,4) NOT NULL DEFAULT 0,
	expense_cost numeric(20,4) NOT NULL DEFAULT 0,
	actual_cost numeric(20,4) NOT NULL DEFAULT 0,
	revenue numeric(20,4) NOT NULL DEFAULT 0,
	margin numeric(20,4) NOT NULL DEFAULT 0,
	note text NOT NULL DEFAULT '',
	CONSTRAINT projects_project_no_key UNIQUE (no)
);
CREATE UNIQUE INDEX projects_project_order_id_key ON projects_project (order_id) WHERE status <> 'cancelled';
CREATE INDEX projects_project_customer ON projects_project (customer_id);
CREATE INDEX projects_project_manager ON projects_project (manager_id, status);

CREATE TABLE projects_service (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	position int NOT NULL,
	project_id uuid NOT NULL REFERENCES projects_project (id) ON DELETE CASCADE,
	order_line_id uuid NOT NULL,
	product_id uuid,
	description text NOT NULL DEFAULT '',
	amount numeric(20,4) NOT NULL DEFAULT 0
);
CREATE INDEX projects_service_project ON projects_service (project_id);

CREATE TABLE projects_task (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	project_id uuid NOT NULL REFERENCES projects_project (id) ON DELETE CASCADE,
	name text NOT NULL,
	sequence bigint NOT NULL DEFAULT 0,
	parent_id uuid,
	depends_on text[] NOT NULL DEFAULT '{}',
	assignee_id uuid,
	status text NOT NULL DEFAULT 'todo' CHECK (status IN ('todo', 'in_progress', 'done', 'cancelled')),
	planned_hours numeric(20,6) NOT NULL DEFAULT 0,
	done_hours numeric(20,6) NOT NULL DEFAULT 0,
	start_date date,
	end_date date,
	done_on date,
	note text NOT NULL DEFAULT ''
);
CREATE INDEX projects_task_project ON projects_task (project_id);
CREATE INDEX projects_task_assignee ON projects_task (assignee_id, status);

CREATE TABLE projects_milestone (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	project_id uuid NOT NULL REFERENCES projects_project (id) ON DELETE CASCADE,
	name text NOT NULL,
	due_date date,
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'reached', 'cancelled')),
	reached_on date,
	note text NOT NULL DEFAULT ''
);
CREATE INDEX projects_milestone_project ON projects_milestone (project_id);
CREATE INDEX projects_milestone_due ON projects_milestone (status, due_date);

CREATE TABLE projects_timesheet (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	project_id uuid NOT NULL REFERENCES projects_project (id) ON DELETE CASCADE,
	task_id uuid,
	user_id uuid,
	date date,
	hours numeric(20,6) NOT NULL,
	rate numeric(20,6) NOT NULL DEFAULT 0,
	amount numeric(20,4) NOT NULL DEFAULT 0,
	description text NOT NULL DEFAULT '',
	status text NOT NULL DEFAULT 'booked' CHECK (status IN ('booked', 'cancelled'))
);
CREATE INDEX projects_timesheet_project ON projects_timesheet (project_id);
CREATE INDEX projects_timesheet_task ON projects_timesheet (task_id);
CREATE INDEX projects_timesheet_user ON projects_timesheet (user_id, date);

CREATE TABLE projects_expense (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	project_id uuid NOT NULL REFERENCES projects_project (id) ON DELETE CASCADE,
	task_id uuid,
	user_id uuid,
	date date,
	category text NOT NULL DEFAULT 'other',
	description text NOT NULL DEFAULT '',
	amount numeric(20,4) NOT NULL DEFAULT 0,
	status text NOT NULL DEFAULT 'booked' CHECK (status IN ('booked', 'cancelled'))
);
CREATE INDEX projects_expense_project ON projects_expense (project_id);

CREATE TABLE projects_resource (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	user_id uuid NOT NULL,
	skill text NOT NULL DEFAULT '',
	hours_per_day numeric(20,6) NOT NULL DEFAULT 8,
	weekdays text[] NOT NULL DEFAULT '{}',
	cost_rate numeric(20,6) NOT NULL DEFAULT 0,
	active boolean NOT NULL DEFAULT true,
	CONSTRAINT projects_resource_user_id_key UNIQUE (user_id)
);

CREATE TABLE projects_risk (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	project_id uuid NOT NULL REFERENCES projects_project (id) ON DELETE CASCADE,
	name text NOT NULL,
	probability text NOT NULL DEFAULT 'medium',
	impact text NOT NULL DEFAULT 'medium',
	owner_id uuid,
	mitigation text NOT NULL DEFAULT '',
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed'))
);
CREATE INDEX projects_risk_project ON projects_risk (project_id);
