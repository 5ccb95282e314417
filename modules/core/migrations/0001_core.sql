-- People, what they are told, and what they leave on records.
CREATE TABLE app_user (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  email text NOT NULL CONSTRAINT app_user_email_key UNIQUE,
  name text NOT NULL,
  roles text[] NOT NULL DEFAULT '{}',
  locale text NOT NULL DEFAULT 'zh-CN' CHECK (locale IN ('zh-CN', 'en')),
  team_id uuid,
  active boolean NOT NULL DEFAULT true,
  allow_mail boolean NOT NULL DEFAULT true
);
CREATE INDEX app_user_team_idx ON app_user (team_id);

CREATE TABLE team (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  name text NOT NULL CONSTRAINT team_name_key UNIQUE,
  leader_id uuid
);

CREATE TABLE notification (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  user_id uuid NOT NULL,
  text_zh text NOT NULL,
  text_en text NOT NULL,
  entity text NOT NULL DEFAULT '',
  record_id uuid,
  read_at timestamptz
);
-- A person asks for what they have not read yet, newest first.
CREATE INDEX notification_user_idx ON notification (user_id, id DESC);
CREATE INDEX notification_unread_idx ON notification (user_id) WHERE read_at IS NULL;

CREATE TABLE attachment (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  entity text NOT NULL,
  record_id uuid NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL DEFAULT '',
  size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
  sha256 text NOT NULL DEFAULT '',
  storage_key text NOT NULL DEFAULT ''
);
CREATE INDEX attachment_record_idx ON attachment (entity, record_id);

CREATE TABLE record_comment (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  entity text NOT NULL,
  record_id uuid NOT NULL,
  text text NOT NULL
);
CREATE INDEX record_comment_record_idx ON record_comment (entity, record_id);

CREATE TABLE saved_view (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  updated_by uuid,
  user_id uuid,
  entity text NOT NULL,
  name text NOT NULL,
  settings jsonb,
  preset boolean NOT NULL DEFAULT false
);
CREATE INDEX saved_view_user_idx ON saved_view (user_id, entity);
