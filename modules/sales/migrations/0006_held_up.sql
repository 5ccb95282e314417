-- What an order waits for when no supply decides its date: its open delivery, and the project that renders its services.
-- tenon:tolerates 4
ALTER TABLE sales_order ADD COLUMN delivery_no text NOT NULL DEFAULT '', ADD COLUMN project_no text NOT NULL DEFAULT '';
