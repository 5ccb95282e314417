-- Customers that are treated alike: price lists may be for a group.
ALTER TABLE crm_customer ADD COLUMN customer_group text NOT NULL DEFAULT '';
