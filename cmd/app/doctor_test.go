package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy"
)

// meddle changes a tenant's tables behind Tenon's back, past all triggers.
func (w *world) meddle(t *testing.T, tenant *tenancy.Tenant, sql string) {
	t.Helper()
	w.meddled = true
	conn, err := pgx.Connect(t.Context(), w.app.Config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "SET session_replication_role = replica; SET search_path = "+tenant.Schema+"; "+sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (w *world) tenant(t *testing.T, name string) *tenancy.Tenant {
	t.Helper()
	list, err := w.app.DB.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(x *tenancy.Tenant) bool { return x.Name == name })
	if i < 0 {
		t.Fatalf("no tenant %s", name)
	}
	return list[i]
}

func checks(findings []app.Finding) []string {
	var out []string
	for _, f := range findings {
		if !slices.Contains(out, f.Check) {
			out = append(out, f.Check)
		}
	}
	return out
}

func TestDoctorSeesWhatHasToBeDone(t *testing.T) {
	w := newWorld(t)
	w.signUp(t, "Patient", "crm")
	tenant := w.tenant(t, "Patient")
	h, err := w.app.Doctor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !h.Well() || h.Tenants != 1 || h.Server == "" {
		t.Fatalf("a fresh installation is %+v", h)
	}
	w.meddle(t, tenant, "UPDATE tenon.tenant_module SET version = version - 1, error = 'disk full' WHERE module = 'crm'; "+
		`INSERT INTO river.river_job (state, finalized_at, args, kind, max_attempts, attempt) VALUES
			('discarded', now(), '{"tenant":"`+tenant.ID.String()+`","call":"mail/core.notified/0"}', 'tenon.call', 12, 12)`)
	if h, err = w.app.Doctor(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.Well() || len(h.Behind) != 1 || h.Behind[0].Line != "crm" || !strings.Contains(h.Behind[0].Error, "disk full") {
		t.Errorf("behind: %+v", h.Behind)
	}
	if len(h.Parked) != 1 || h.Parked[0].Tenant != tenant.ID.String() {
		t.Errorf("parked: %+v", h.Parked)
	}
}
