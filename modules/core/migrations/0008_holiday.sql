-- tenon:tolerates 7
-- Days on which the company as a whole works otherwise than their weekday says.
CREATE TABLE holiday (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	created_by uuid,
	updated_by uuid,
	date date NOT NULL,
	name text NOT NULL,
	working boolean NOT NULL DEFAULT false,
	CONSTRAINT holiday_date_key UNIQUE (date)
);
