package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A vendor makes a key, issues a licence; a customer installs and shows it. A changed letter is refused.
func TestLicenceFromVendorToCustomer(t *testing.T) {
	dir := t.TempDir()
	run := func(want int, env []string, args ...string) string {
		t.Helper()
		p, out, errs := screen(env...)
		if code := p.run(t.Context(), args); code != want {
			t.Fatalf("tenon %s: code %d: %s%s", strings.Join(args, " "), code, out, errs)
		}
		return out.String()
	}
	key, file := filepath.Join(dir, "vendor.key"), filepath.Join(dir, "licence.pem")
	public := strings.TrimSpace(run(good, nil, "licence", "keygen", key))
	run(bad, nil, "licence", "keygen", key) // never over a key that is there
	text := run(good, nil, "licence", "issue", "--key", key, "--company", "Hengtuo", "--modules", "crm,sales", "--seats", "5", "--expires", "2027-12-31")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"TENON_LICENCE_KEY", public, "TENON_DATA", filepath.Join(dir, "data"), "TENON_LICENCE", filepath.Join(dir, "data", "licence.pem")}
	run(bad, env, "licence", "show")
	if out := run(good, env, "licence", "install", file); !strings.Contains(out, "Hengtuo") || !strings.Contains(out, "2027-12-31") {
		t.Errorf("%s", out)
	}
	if out := run(good, env, "licence", "show"); !strings.Contains(out, "crm,sales") {
		t.Errorf("%s", out)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(text, "Signature: ", "Signature: B", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	run(bad, env, "licence", "install", file)
	run(usage, nil, "licence")
	run(usage, nil, "licence", "show") // without the vendor's key
	run(usage, nil, "licence", "issue", "--key", key)
	run(usage, nil, "operator", "sing", "x@example.com")
	run(usage, nil, "tenant", "show", "nobody")
}
