-- tenon:tolerates 9
-- Why work cost other than planned: another rate, or more or less of it; and what it cost to make rejects good.
ALTER TABLE production_order ADD COLUMN labour_rate_variance numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE production_order ADD COLUMN labour_efficiency_variance numeric(20,4) NOT NULL DEFAULT 0;
ALTER TABLE production_order ADD COLUMN rework_variance numeric(20,4) NOT NULL DEFAULT 0;
-- Begun orders that make more than anybody wants are looked for with each shortfall: there are few.
CREATE INDEX production_order_unneeded_idx ON production_order (product_id) WHERE unneeded_quantity > 0;
