-- A tenant may be read-only without being suspended, and every switch of a module is written down: what a month costs follows from it.
ALTER TABLE tenon.tenant DROP CONSTRAINT tenant_state_check;
ALTER TABLE tenon.tenant ADD CONSTRAINT tenant_state_check CHECK (state IN ('active', 'read_only', 'suspended', 'closing', 'deleted'));

CREATE TABLE tenon.module_switch (
	seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id uuid NOT NULL REFERENCES tenon.tenant,
	module text NOT NULL,
	on_ boolean NOT NULL,
	at timestamptz NOT NULL
);
CREATE INDEX module_switch_tenant_idx ON tenon.module_switch (tenant_id, seq);
INSERT INTO tenon.module_switch (tenant_id, module, on_, at) SELECT tenant_id, module, true, switched_at FROM tenon.tenant_module WHERE state = 'on';
