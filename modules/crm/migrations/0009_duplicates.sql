-- The same number with and without a country or trunk prefix, an extension or full-width digits is one number; the words are those of the query.
-- tenon:tolerates 8
DROP INDEX crm_customer_phone_key;
DROP INDEX crm_customer_name_key;
DROP INDEX crm_contact_phone_key;
DROP INDEX crm_contact_mobile_key;
DROP INDEX crm_lead_phone_key;
DROP INDEX crm_lead_company_key;
CREATE INDEX crm_customer_phone_key ON crm_customer (right(regexp_replace(regexp_replace(lower(normalize(phone, NFKC)), '(转|分机|ext|[x#]).*|[^0-9]', '', 'g'), '^0*(86(?=[0-9]{9}))?0*', ''), 11));
CREATE INDEX crm_customer_name_key ON crm_customer (regexp_replace(lower(normalize(name, NFKC)), '股份有限公司|有限责任公司|有限公司|公司|\m(co|ltd|limited|inc|corp|company|gmbh|llc)\M|[[:space:][:punct:]（），。、·]', '', 'g'));
CREATE INDEX crm_contact_phone_key ON crm_contact (right(regexp_replace(regexp_replace(lower(normalize(phone, NFKC)), '(转|分机|ext|[x#]).*|[^0-9]', '', 'g'), '^0*(86(?=[0-9]{9}))?0*', ''), 11));
CREATE INDEX crm_contact_mobile_key ON crm_contact (right(regexp_replace(regexp_replace(lower(normalize(mobile, NFKC)), '(转|分机|ext|[x#]).*|[^0-9]', '', 'g'), '^0*(86(?=[0-9]{9}))?0*', ''), 11));
CREATE INDEX crm_lead_phone_key ON crm_lead (right(regexp_replace(regexp_replace(lower(normalize(phone, NFKC)), '(转|分机|ext|[x#]).*|[^0-9]', '', 'g'), '^0*(86(?=[0-9]{9}))?0*', ''), 11));
CREATE INDEX crm_lead_company_key ON crm_lead (regexp_replace(lower(normalize(company, NFKC)), '股份有限公司|有限责任公司|有限公司|公司|\m(co|ltd|limited|inc|corp|company|gmbh|llc)\M|[[:space:][:punct:]（），。、·]', '', 'g'));
