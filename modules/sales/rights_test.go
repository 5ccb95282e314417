package sales_test

import (
	"log/slog"
	"os"
	"testing"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// The readable cases hold against the rights that Tenon ships.
func TestRights(t *testing.T) {
	a, err := app.Open(t.Context(), app.Config{
		Passwords: tenancytest.Cheap, DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	for _, module := range []string{"crm", "sales", "projects"} {
		failures, err := policy.RunCases(t.Context(), a.Policy, os.DirFS("../"+module+"/policy"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range failures {
			t.Error(module, f)
		}
	}
}
