-- When work centres work, how much of it counts, and which day each operation is planned for.
CREATE TABLE work_calendar (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  code text NOT NULL CONSTRAINT work_calendar_code_key UNIQUE,
  name text NOT NULL,
  monday_hours numeric(20,6) NOT NULL DEFAULT 8 CHECK (monday_hours BETWEEN 0 AND 24),
  tuesday_hours numeric(20,6) NOT NULL DEFAULT 8 CHECK (tuesday_hours BETWEEN 0 AND 24),
  wednesday_hours numeric(20,6) NOT NULL DEFAULT 8 CHECK (wednesday_hours BETWEEN 0 AND 24),
  thursday_hours numeric(20,6) NOT NULL DEFAULT 8 CHECK (thursday_hours BETWEEN 0 AND 24),
  friday_hours numeric(20,6) NOT NULL DEFAULT 8 CHECK (friday_hours BETWEEN 0 AND 24),
  saturday_hours numeric(20,6) NOT NULL DEFAULT 0 CHECK (saturday_hours BETWEEN 0 AND 24),
  sunday_hours numeric(20,6) NOT NULL DEFAULT 0 CHECK (sunday_hours BETWEEN 0 AND 24)
);

CREATE TABLE work_calendar_day (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  position int NOT NULL,
  calendar_id uuid NOT NULL REFERENCES work_calendar (id) ON DELETE CASCADE,
  date date NOT NULL,
  hours numeric(20,6) NOT NULL DEFAULT 0 CHECK (hours BETWEEN 0 AND 24),
  name text NOT NULL DEFAULT ''
);
CREATE INDEX work_calendar_day_calendar_idx ON work_calendar_day (calendar_id, position);

ALTER TABLE work_center ADD COLUMN calendar_id uuid;
ALTER TABLE work_center ADD COLUMN efficiency_percent numeric(9,4) NOT NULL DEFAULT 100 CHECK (efficiency_percent > 0);
CREATE INDEX work_center_calendar_idx ON work_center (calendar_id);

ALTER TABLE routing_operation ADD COLUMN scrap_percent numeric(9,4) NOT NULL DEFAULT 0 CHECK (scrap_percent >= 0 AND scrap_percent < 100);

ALTER TABLE production_operation ADD COLUMN planned_start date;
ALTER TABLE production_operation ADD COLUMN planned_end date;

-- Minutes of an operation on each day: what a work centre is loaded with.
CREATE TABLE production_load (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  order_id uuid NOT NULL,
  operation_id uuid NOT NULL,
  work_center_id uuid NOT NULL,
  day date NOT NULL,
  minutes numeric(20,6) NOT NULL CHECK (minutes > 0)
);
CREATE INDEX production_load_center_idx ON production_load (work_center_id, day);
CREATE INDEX production_load_order_idx ON production_load (order_id);
