-- The key of this side for each SAML provider of a company: assertions are encrypted for it, and logouts signed with it. It is sealed with the company's key.
CREATE TABLE tenon.saml_key (
	provider_id uuid PRIMARY KEY,
	tenant_id uuid NOT NULL REFERENCES tenon.tenant ON DELETE CASCADE,
	certificate bytea NOT NULL,
	sealed bytea NOT NULL
);
