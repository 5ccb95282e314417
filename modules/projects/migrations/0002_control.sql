-- What it takes to steer a project: initiation, gates, baselines, resources and their allocations, closing review, billing and revenue.
ALTER TABLE projects_project DROP CONSTRAINT projects_project_status_check;
ALTER TABLE projects_project ADD CONSTRAINT projects_project_status_check CHECK (status IN ('planned', 'pending_approval', 'active', 'closed', 'cancelled'));
ALTER TABLE projects_project ADD COLUMN objective text NOT NULL DEFAULT '';
ALTER TABLE projects_project ADD COLUMN sponsor_id uuid;
ALTER TABLE projects_project ADD COLUMN initiation_required boolean NOT NULL DEFAULT false;
ALTER TABLE projects_project ADD COLUMN closing_review boolean NOT NULL DEFAULT false;
ALTER TABLE projects_project ADD COLUMN closed_on date;
ALTER TABLE projects_project ADD COLUMN close_reason text NOT NULL DEFAULT '';
ALTER TABLE projects_project ADD COLUMN baseline_on date;
ALTER TABLE projects_project ADD COLUMN baseline_end date;
ALTER TABLE projects_project ADD COLUMN baseline_budget numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_project ADD COLUMN labour_budget numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_project ADD COLUMN material_budget numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_project ADD COLUMN expense_budget numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_project ADD COLUMN material_cost numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_project ADD COLUMN billing text NOT NULL DEFAULT 'order';
ALTER TABLE projects_project ADD COLUMN bill_rate numeric(20,6) NOT NULL DEFAULT 0;
ALTER TABLE projects_project ADD COLUMN tax_id uuid;
ALTER TABLE projects_project ADD COLUMN billed_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_project ADD COLUMN revenue_method text NOT NULL DEFAULT 'invoiced';
ALTER TABLE projects_project ADD COLUMN earned_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_project ADD COLUMN recognised_on date;
ALTER TABLE projects_project ADD COLUMN contract_balance numeric(20,4) NOT NULL DEFAULT 0;

ALTER TABLE projects_template ADD COLUMN initiation_required boolean NOT NULL DEFAULT false;
ALTER TABLE projects_template ADD COLUMN closing_review boolean NOT NULL DEFAULT false;

ALTER TABLE projects_task ADD COLUMN baseline_start date;
ALTER TABLE projects_task ADD COLUMN baseline_end date;
ALTER TABLE projects_task ADD COLUMN baseline_hours numeric(20,6) NOT NULL DEFAULT 0;

ALTER TABLE projects_milestone ADD COLUMN invoice_percent numeric(9,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_milestone ADD COLUMN billed_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_milestone ADD COLUMN baseline_due date;

ALTER TABLE projects_timesheet ADD COLUMN resource_id uuid;
ALTER TABLE projects_timesheet ADD COLUMN not_billable boolean NOT NULL DEFAULT false;
ALTER TABLE projects_timesheet ADD COLUMN billed_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE projects_timesheet ADD COLUMN billed_on date;

ALTER TABLE projects_risk ADD COLUMN response text NOT NULL DEFAULT 'mitigate';
ALTER TABLE projects_risk ADD COLUMN review_date date;

-- Equipment is a resource without a person.
ALTER TABLE projects_resource ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE projects_resource ADD COLUMN days_off text[] NOT NULL DEFAULT '{}';
ALTER TABLE projects_resource ADD COLUMN kind text NOT NULL DEFAULT 'person';
ALTER TABLE projects_resource ADD COLUMN name text NOT NULL DEFAULT '';

CREATE TABLE projects_allocation (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	resource_id uuid NOT NULL REFERENCES projects_resource (id),
	project_id uuid NOT NULL REFERENCES projects_project (id) ON DELETE CASCADE,
	task_id uuid,
	start_date date,
	end_date date,
	hours_per_day numeric(20,6) NOT NULL DEFAULT 0,
	note text NOT NULL DEFAULT ''
);
CREATE INDEX projects_allocation_resource ON projects_allocation (resource_id, start_date);
CREATE INDEX projects_allocation_project ON projects_allocation (project_id);

CREATE TABLE projects_gate (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	project_id uuid,
	milestone_id uuid NOT NULL REFERENCES projects_milestone (id) ON DELETE CASCADE,
	name text NOT NULL,
	criterion text NOT NULL DEFAULT '',
	owner_id uuid,
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'passed', 'failed')),
	decided_on date,
	decided_by uuid,
	finding text NOT NULL DEFAULT ''
);
CREATE INDEX projects_gate_milestone ON projects_gate (milestone_id, status);
CREATE INDEX projects_gate_project ON projects_gate (project_id);

CREATE TABLE projects_closing_item (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	project_id uuid NOT NULL REFERENCES projects_project (id) ON DELETE CASCADE,
	name text NOT NULL,
	owner_id uuid,
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done')),
	done_on date,
	done_by uuid,
	note text NOT NULL DEFAULT ''
);
CREATE INDEX projects_closing_item_project ON projects_closing_item (project_id, status);

-- Goods that a project uses up.
CREATE TABLE projects_material (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	project_id uuid NOT NULL REFERENCES projects_project (id) ON DELETE CASCADE,
	task_id uuid,
	product_id uuid NOT NULL,
	lot_id uuid,
	quantity numeric(20,6) NOT NULL CHECK (quantity > 0),
	unit_cost numeric(20,6) NOT NULL DEFAULT 0 CHECK (unit_cost >= 0),
	amount numeric(20,4) NOT NULL DEFAULT 0,
	need_by date,
	issued_on date,
	status text NOT NULL DEFAULT 'wanted' CHECK (status IN ('wanted', 'issued', 'cancelled')),
	note text NOT NULL DEFAULT ''
);
CREATE INDEX projects_material_project ON projects_material (project_id, status);
CREATE INDEX projects_material_product ON projects_material (product_id);
