-- A revaluation may be taken back by itself on the day after: it shows a period end as it was, whatever was paid since.

ALTER TABLE finance_revaluation ADD COLUMN auto_reverse boolean NOT NULL DEFAULT false;
