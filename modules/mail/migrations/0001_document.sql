-- A document that somebody sends by mail: to whom, with which words, and what became of it. The paper itself is printed when the mail goes out, as its
-- sender may see it.
CREATE TABLE mail_document (
	id uuid PRIMARY KEY,
	version bigint NOT NULL,
	created_at timestamptz NOT NULL,
	created_by uuid,
	updated_at timestamptz NOT NULL,
	updated_by uuid,
	entity text NOT NULL,
	record_id uuid NOT NULL,
	recipients text[] NOT NULL,
	subject text NOT NULL,
	body text NOT NULL,
	language text NOT NULL,
	status text NOT NULL DEFAULT 'waiting',
	sent_at timestamptz,
	problem text NOT NULL DEFAULT '',
	CONSTRAINT mail_document_language_check CHECK (language IN ('zh-CN', 'en')),
	CONSTRAINT mail_document_status_check CHECK (status IN ('waiting', 'sent', 'refused'))
);
CREATE INDEX mail_document_record_idx ON mail_document (entity, record_id);
