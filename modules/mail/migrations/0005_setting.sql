-- How many documents a company sends by mail in a day.
CREATE TABLE mail_setting (
	id uuid PRIMARY KEY,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	created_by uuid,
	updated_at timestamptz NOT NULL,
	updated_by uuid,
	daily_documents bigint NOT NULL DEFAULT 500 CHECK (daily_documents BETWEEN 0 AND 100000)
);
-- A company has one setting, whoever else makes one at the same moment.
CREATE UNIQUE INDEX mail_setting_one_idx ON mail_setting ((true));

CREATE INDEX mail_document_created_idx ON mail_document (created_at);
