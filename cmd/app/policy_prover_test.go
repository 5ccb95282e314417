package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/httpapi"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// The leak prover of the product, over all routes, finds nothing in what is shipped. On the build with the defects of internal/seeded it
// has to find the leaked column.
func TestTheProverFindsNoLeak(t *testing.T) {
	c := newCompany(t, newWorld(t), "Prover")
	busy(c)
	out := prove(t, c.owner.w, "Prover", "sales", "warehouse")
	for _, l := range out.Leaks {
		t.Errorf("%s: %s leak of %s.%s at %s: %s", l.Role, l.Kind, l.Entity, l.Field, l.Path, l.Detail)
	}
	if out.Paths < 2500 || out.Answered < 1500 || out.Canaries < 60 || out.Heard < 300 || out.Tried < 200 {
		t.Errorf("%d paths, %d answered, %d canaries: the prover proves nothing", out.Paths, out.Answered, out.Canaries)
	}
	want := []string{
		"/certificates/{id}", "/me", "/operator/certificates", "/operator/differences", "/operator/prices", "/operator/revenue", "/operator/tenants", "/operator/tenants/{id}",
		"/operator/webhooks", "/passkeys", "/second_factor", "/sessions", "/sso/{name}/start", "/sso/{tenant}/{name}/metadata", "/sso/{tenant}/{name}/slo", "/sso/{workspace}/{name}/start",
		"/tokens", "/workspaces",
	}
	got := []string{}
	for _, x := range out.Unwalked {
		var path string
		if _, err := fmt.Sscanf(x, "%s", &path); err != nil {
			t.Fatal(err)
		}
		got = append(got, path[:len(path)-1])
	}
	if !slices.Equal(got, want) {
		t.Errorf("routes that the prover does not open: %v, want %v: teach it the new one in httpapi/prover_paths.go", out.Unwalked, want)
	}
	t.Logf("%d paths, %d answered, %d tried out, %d heard, %d canaries, %d gaps", out.Paths, out.Answered, out.Tried, out.Heard, out.Canaries, len(out.Unproven))
}

// What is sent to people unasked and what a dry run shows are looked at too: there a column that leaks is found as well.
func TestTheProverFindsNoLeakInWhatIsSent(t *testing.T) {
	c := newCompany(t, newWorld(t), "Sent")
	busy(c)
	for _, l := range prove(t, c.owner.w, "Sent", "warehouse").Leaks {
		if strings.HasPrefix(l.Path, "webhook ") {
			t.Errorf("a webhook is sent %s.%s: %s", l.Entity, l.Field, l.Detail)
		}
	}
}

// So is what people are told of what others do: on the build with the defects a notification says too much.
func TestTheProverFindsNoLeakInWhatIsTold(t *testing.T) {
	c := newCompany(t, newWorld(t), "Told")
	busy(c)
	for _, l := range prove(t, c.owner.w, "Told", "sales").Leaks {
		if strings.HasPrefix(l.Path, "an owner's ") {
			t.Errorf("%s tells %s.%s: %s", l.Path, l.Entity, l.Field, l.Detail)
		}
	}
}

func prove(t *testing.T, w *world, company string, roles ...string) *httpapi.Proof {
	t.Helper()
	tenant := w.tenant(t, company)
	out, err := w.app.API.Prove(t.Context(), tenant, tenancy.Actor{System: true, Name: "prover"}, func(ctx context.Context, tx *tenancy.Tx) (*policy.Rules, []string, error) {
		rules, err := w.app.Policy.Numbered(ctx, tx, nil)
		return rules, roles, err
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
