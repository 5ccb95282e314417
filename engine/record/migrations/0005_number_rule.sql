-- How a company numbers its documents, where it is not how the program does it by itself.
CREATE TABLE number_rule (
	entity text PRIMARY KEY,
	prefix text NOT NULL,
	date_part text NOT NULL,
	digits int NOT NULL,
	reset text NOT NULL,
	changed_at timestamptz NOT NULL,
	changed_by uuid
);
