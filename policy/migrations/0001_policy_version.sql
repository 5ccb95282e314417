-- A tenant's own rights. No row: the rights that are shipped hold. The row with the highest number holds; none is ever changed or deleted, so that
-- "who could do this last March" always has an answer. Going back is publishing an old state again.
CREATE TABLE policy_version (
    id           uuid PRIMARY KEY,
    number       bigint NOT NULL,
    grid         jsonb NOT NULL,
    rules        jsonb NOT NULL,
    rego         text NOT NULL DEFAULT '',
    author       uuid,
    created_at   timestamptz NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT policy_version_number_key UNIQUE (number),
    CONSTRAINT policy_version_number_check CHECK (number > 0)
);
-- tenon:append-only policy_version
