-- tenon:tolerates 3
-- What of a company's has grown large and has got indexes of its own for lists: tables, and indexes that find a text within a text.
ALTER TABLE tenon.tenant ADD COLUMN large text[] NOT NULL DEFAULT '{}';
