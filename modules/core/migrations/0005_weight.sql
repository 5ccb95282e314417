-- What one of a product weighs: freight may be spread by it.
ALTER TABLE product ADD COLUMN weight numeric(20,6) NOT NULL DEFAULT 0;
ALTER TABLE product ADD CONSTRAINT product_weight_not_negative CHECK (weight >= 0);
