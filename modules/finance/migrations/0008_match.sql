-- What the three-way match found, in both languages, and why a blocked bill was released.
ALTER TABLE finance_bill ADD COLUMN match_reason_zh text NOT NULL DEFAULT '';
ALTER TABLE finance_bill ADD COLUMN match_reason_en text NOT NULL DEFAULT '';
ALTER TABLE finance_bill ADD COLUMN release_reason text NOT NULL DEFAULT '';
