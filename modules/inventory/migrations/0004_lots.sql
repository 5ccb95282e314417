-- A serial number is one piece in one place at most. The second rule waits for the commit, because a piece that goes from one place to another is
-- for a moment in both. Older rows learn what they are when they move next.
ALTER TABLE lot ADD COLUMN serial boolean NOT NULL DEFAULT false;
ALTER TABLE stock_balance ADD COLUMN serial boolean NOT NULL DEFAULT false;
ALTER TABLE stock_balance ADD CONSTRAINT stock_balance_serial_is_one CHECK (NOT serial OR on_hand = 0 OR on_hand = 1);
ALTER TABLE stock_balance ADD CONSTRAINT stock_balance_serial_in_one_place EXCLUDE USING btree (lot_id WITH =) WHERE (serial AND on_hand > 0)
  DEFERRABLE INITIALLY DEFERRED;

-- Where a lot came from and where it went is found by what made it or used it up.
CREATE INDEX stock_move_line_idx ON stock_move (source_line_id) WHERE source_line_id IS NOT NULL;
