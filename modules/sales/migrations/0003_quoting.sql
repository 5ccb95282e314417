-- A quotation has versions: revising it makes the next one and supersedes the last.
ALTER TABLE sales_quotation ADD COLUMN revision bigint NOT NULL DEFAULT 1;
ALTER TABLE sales_quotation ADD COLUMN previous_id uuid;
ALTER TABLE sales_quotation ADD COLUMN replaced_by_id uuid;
ALTER TABLE sales_quotation ADD COLUMN cost_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE sales_quotation ADD COLUMN margin_amount numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE sales_quotation DROP CONSTRAINT sales_quotation_status_check;
ALTER TABLE sales_quotation ADD CONSTRAINT sales_quotation_status_check CHECK (status IN ('draft', 'sent', 'accepted', 'rejected', 'superseded'));

-- For whom a price list is used by itself: one customer, a group of customers, or everybody.
ALTER TABLE sales_price_list ADD COLUMN customer_id uuid;
ALTER TABLE sales_price_list ADD COLUMN customer_group text NOT NULL DEFAULT '';
ALTER TABLE sales_price_list ADD COLUMN for_everybody boolean NOT NULL DEFAULT false;
CREATE INDEX sales_price_list_customer ON sales_price_list (customer_id);

-- The service case that led to a return.
ALTER TABLE sales_return ADD COLUMN service_case_id uuid;
