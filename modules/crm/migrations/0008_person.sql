-- Customers who are people, not companies: what says who they are can be shredded.
-- tenon:tolerates 3
ALTER TABLE crm_customer ADD COLUMN person boolean NOT NULL DEFAULT false;
