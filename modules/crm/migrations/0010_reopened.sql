-- A won deal may be reopened once its order is cancelled.
-- tenon:tolerates 8
ALTER TABLE crm_opportunity ADD COLUMN order_cancelled boolean NOT NULL DEFAULT false;
