-- The review of rights: drafts, the proofs that were made of them, signatures, emergency grants, and a sampled log of decisions.
-- tenon:tolerates 1

-- What a version says beside grid and rules, and who answers for it. signature is Ed25519 over the whole version by the key in key_id.
ALTER TABLE policy_version
    ADD COLUMN title text NOT NULL DEFAULT '',
    ADD COLUMN cases text NOT NULL DEFAULT '',
    ADD COLUMN kind text NOT NULL DEFAULT 'publish',
    ADD COLUMN base bigint NOT NULL DEFAULT 0,
    ADD COLUMN publisher uuid,
    ADD COLUMN authors text[] NOT NULL DEFAULT '{}',
    ADD COLUMN comment text NOT NULL DEFAULT '',
    ADD COLUMN hash text NOT NULL DEFAULT '',
    ADD COLUMN key_id uuid,
    ADD COLUMN signature bytea;

-- A version on its way. It gets its number when it is published, and keeps its id.
CREATE TABLE policy_draft (
    id           uuid PRIMARY KEY,
    revision     bigint NOT NULL DEFAULT 1,
    title        text NOT NULL,
    state        text NOT NULL CHECK (state IN ('draft', 'in_review', 'published', 'discarded')),
    base         bigint NOT NULL,
    content      jsonb NOT NULL,
    hash         text NOT NULL,
    author       uuid,
    authors      text[] NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    submitted_by uuid,
    submitted_at timestamptz,
    decided_by   uuid,
    decided_at   timestamptz,
    comment      text NOT NULL DEFAULT ''
);
CREATE INDEX policy_draft_state_idx ON policy_draft (state, created_at);

-- What is under review is what was submitted, and what is published or discarded stays as it is. PostgreSQL holds that, whoever writes.
CREATE FUNCTION policy_draft_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version of the rights is never deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('published', 'discarded') THEN
        RAISE EXCEPTION 'a % version of the rights never changes', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'draft' AND (NEW.content IS DISTINCT FROM OLD.content OR NEW.hash <> OLD.hash OR NEW.title <> OLD.title
            OR NEW.authors <> OLD.authors OR NEW.base <> OLD.base) THEN
        RAISE EXCEPTION 'a version of the rights under review never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.id <> OLD.id OR NEW.author IS DISTINCT FROM OLD.author OR NEW.created_at <> OLD.created_at THEN
        RAISE EXCEPTION 'the origin of a version of the rights never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_draft_stays BEFORE UPDATE OR DELETE ON policy_draft FOR EACH ROW EXECUTE FUNCTION policy_draft_stays();

-- What checks, leak prover, impact and replay said about a content, by its hash.
CREATE TABLE policy_proof (
    id         uuid PRIMARY KEY,
    version_id uuid NOT NULL,
    hash       text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('cases', 'prover', 'impact', 'replay')),
    passed     boolean NOT NULL,
    outcome    jsonb NOT NULL,
    made_by    uuid,
    made_at    timestamptz NOT NULL
);
CREATE INDEX policy_proof_version_idx ON policy_proof (version_id, kind, made_at);
-- tenon:append-only policy_proof

-- The tenant's signing keys. The private half is sealed with the tenant's own data key.
CREATE TABLE policy_key (
    id      uuid PRIMARY KEY,
    public  bytea NOT NULL,
    sealed  bytea NOT NULL,
    made_at timestamptz NOT NULL
);
-- tenon:append-only policy_key

-- A role for a short while, without review; the review follows.
CREATE TABLE policy_emergency (
    id          uuid PRIMARY KEY,
    user_id     uuid NOT NULL,
    role        text NOT NULL,
    reason      text NOT NULL,
    granted_by  uuid NOT NULL,
    granted_at  timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    review_due  date NOT NULL,
    revoked_by  uuid,
    revoked_at  timestamptz,
    reviewed_by uuid,
    reviewed_at timestamptz,
    verdict     text NOT NULL DEFAULT '' CHECK (verdict IN ('', 'justified', 'not_justified')),
    comment     text NOT NULL DEFAULT '',
    CONSTRAINT policy_emergency_ends CHECK (until > granted_at),
    CONSTRAINT policy_emergency_not_self CHECK (granted_by <> user_id)
);
CREATE INDEX policy_emergency_user_idx ON policy_emergency (user_id, until);

CREATE FUNCTION policy_emergency_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.id <> OLD.id OR NEW.user_id <> OLD.user_id OR NEW.role <> OLD.role OR NEW.reason <> OLD.reason
            OR NEW.granted_by <> OLD.granted_by OR NEW.granted_at <> OLD.granted_at OR NEW.until <> OLD.until OR NEW.review_due <> OLD.review_due
            OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at
            OR OLD.reviewed_at IS NOT NULL AND NEW.reviewed_at IS DISTINCT FROM OLD.reviewed_at THEN
        RAISE EXCEPTION 'an emergency grant never changes: it is revoked or reviewed once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_emergency_stays BEFORE UPDATE OR DELETE ON policy_emergency FOR EACH ROW EXECUTE FUNCTION policy_emergency_stays();

-- A sample of decisions. No values of records: what was asked, a hash of what it was decided on, and the answer.
CREATE TABLE policy_decision (
    id        uuid PRIMARY KEY,
    at        timestamptz NOT NULL,
    actor     uuid,
    roles     text[] NOT NULL,
    entity    text NOT NULL,
    what      text NOT NULL,
    record_id uuid,
    version   bigint NOT NULL,
    allowed   boolean NOT NULL,
    rule      text NOT NULL,
    hash      text NOT NULL DEFAULT '',
    weight    int NOT NULL DEFAULT 1
);
CREATE INDEX policy_decision_at_idx ON policy_decision (at);

-- Versions from before the review stand beside the new ones.
INSERT INTO policy_draft (id, title, state, base, content, hash, author, authors, created_at, updated_at, decided_by, decided_at)
    SELECT id, '', 'published', number - 1, jsonb_build_object('grants', grid -> 'grants', 'roles', grid -> 'roles', 'rules', rules, 'rego', rego), '',
        author, CASE WHEN author IS NULL THEN '{}'::text[] ELSE ARRAY[author::text] END, created_at, created_at, author, published_at FROM policy_version;
