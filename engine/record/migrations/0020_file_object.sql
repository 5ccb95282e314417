-- Files whose content lies outside of the database, as objects in the installation's store: each sealed by a key of its own, which lies here, sealed by
-- the tenant's data key. Archives leave these rows out and carry the content as rows of file_piece, so that it can be taken in wherever files lie there.
-- tenon:tolerates 11
CREATE TABLE file_object (
	record_id uuid PRIMARY KEY,
	name text NOT NULL UNIQUE,
	size bigint NOT NULL CHECK (size > 0),
	cipher bytea NOT NULL
);
-- tenon:stays file_object, file_gone

-- Objects that no file needs: not yet, because they are being stored, or not any more. They are kept for a while for copies that are being made. Nothing
-- opens them: their keys are not there.
CREATE TABLE file_gone (
	name text PRIMARY KEY,
	gone_at timestamptz NOT NULL
);
