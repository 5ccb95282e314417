-- Min and target: below the reorder point, planning fills a product's stock up to its target.
ALTER TABLE product ADD COLUMN target_stock numeric(20,6) NOT NULL DEFAULT 0 CHECK (target_stock >= 0);
