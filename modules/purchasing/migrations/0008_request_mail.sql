-- When an invited vendor was written to, reminded, and answered.
ALTER TABLE quotation_request_vendor ADD COLUMN mailed_on date;
ALTER TABLE quotation_request_vendor ADD COLUMN reminded_on date;
ALTER TABLE quotation_request_vendor ADD COLUMN answered_on date;
