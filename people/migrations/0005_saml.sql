-- tenon:tolerates 1
-- Whether logins may begin at a SAML provider.
ALTER TABLE identity_provider ADD COLUMN idp_start boolean NOT NULL DEFAULT false;
