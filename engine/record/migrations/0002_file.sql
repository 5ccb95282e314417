-- The content of files, sealed, in pieces: it lies with the rows that describe it, so that one backup holds both and no other tenant can reach it.
CREATE TABLE file_piece (
	record_id uuid NOT NULL,
	position int NOT NULL,
	content bytea NOT NULL,
	PRIMARY KEY (record_id, position)
);
