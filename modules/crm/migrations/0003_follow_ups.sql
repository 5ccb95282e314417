-- When somebody wants to be reminded of a lead or a deal, and how long deals of a stage may stand still.
ALTER TABLE crm_lead ADD COLUMN follow_up_date date;
ALTER TABLE crm_opportunity ADD COLUMN follow_up_date date;
ALTER TABLE crm_stage ADD COLUMN follow_up_days bigint NOT NULL DEFAULT 0 CHECK (follow_up_days >= 0);
CREATE INDEX crm_lead_follow_up ON crm_lead (follow_up_date) WHERE follow_up_date IS NOT NULL;
CREATE INDEX crm_opportunity_follow_up ON crm_opportunity (follow_up_date) WHERE follow_up_date IS NOT NULL;

-- The return that came of a service case.
ALTER TABLE crm_service_case ADD COLUMN return_id uuid;

-- Who is known already: e-mail, phone and company name, however they are written. The words are those of the query.
CREATE INDEX crm_customer_mail_key ON crm_customer (lower(trim(email)));
CREATE INDEX crm_customer_phone_key ON crm_customer (right(regexp_replace(phone, '[^0-9]', '', 'g'), 11));
CREATE INDEX crm_customer_name_key ON crm_customer (regexp_replace(lower(name), '股份有限公司|有限责任公司|有限公司|公司|\m(co|ltd|limited|inc|corp|company|gmbh|llc)\M|[[:space:][:punct:]（），。、·]', '', 'g'));
CREATE INDEX crm_contact_mail_key ON crm_contact (lower(trim(email)));
CREATE INDEX crm_contact_phone_key ON crm_contact (right(regexp_replace(phone, '[^0-9]', '', 'g'), 11));
CREATE INDEX crm_contact_mobile_key ON crm_contact (right(regexp_replace(mobile, '[^0-9]', '', 'g'), 11));
CREATE INDEX crm_lead_mail_key ON crm_lead (lower(trim(email)));
CREATE INDEX crm_lead_phone_key ON crm_lead (right(regexp_replace(phone, '[^0-9]', '', 'g'), 11));
CREATE INDEX crm_lead_company_key ON crm_lead (regexp_replace(lower(company), '股份有限公司|有限责任公司|有限公司|公司|\m(co|ltd|limited|inc|corp|company|gmbh|llc)\M|[[:space:][:punct:]（），。、·]', '', 'g'));
