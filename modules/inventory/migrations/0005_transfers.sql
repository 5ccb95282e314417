-- What a transfer carries in the product's own unit, what of it has arrived, and when it should.
ALTER TABLE transfer ADD COLUMN expected_date date;
ALTER TABLE transfer_line ADD COLUMN unit text NOT NULL DEFAULT '';
ALTER TABLE transfer_line ADD COLUMN base_quantity numeric(20,6) NOT NULL DEFAULT 0;
ALTER TABLE transfer_line ADD COLUMN received_quantity numeric(20,6) NOT NULL DEFAULT 0;
UPDATE transfer_line SET base_quantity = quantity;
UPDATE transfer_line SET received_quantity = quantity FROM transfer t WHERE t.id = transfer_id AND t.status = 'done';
