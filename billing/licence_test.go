package billing_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// A private install: a trial without a licence, seats that warn, an expiry with a grace, read-only, and back with a new file.
func TestLicenceOfAPrivateInstall(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	p := &billing.Private{Path: filepath.Join(t.TempDir(), "licence.pem"), Vendor: public}
	base := newLab(t, billing.Config{Private: p})
	l := base.company(t, "crm")
	clockTo := func(at time.Time) { base.now, l.now = at, at }
	stand := func() *billing.Standing {
		t.Helper()
		must(t, l.svc.TickTenant(t.Context(), l.fresh(t)))
		st, err := l.svc.Stand(t.Context(), l.fresh(t))
		must(t, err)
		return st
	}
	if st := stand(); st.Problem != "none" || st.ReadOnly || st.Left != 14 {
		t.Errorf("%+v", st)
	}
	clockTo(base.now.Add(15 * 24 * time.Hour))
	if st := stand(); !st.ReadOnly || l.fresh(t).State != tenancy.LookOnly {
		t.Errorf("%+v", st)
	}
	file, err := billing.Sign(billing.Licence{Company: "Hengtuo", Modules: []string{"crm"}, Seats: 1, Expires: clock.NewDate(2026, 12, 31)}, private)
	must(t, err)
	forged := bytes.Replace(file, []byte("Signature: "), []byte("Signature: AAAA"), 1)
	if _, err := p.Install(forged, base.now); !errors.Is(err, billing.ErrLicence) {
		t.Errorf("a forged licence: %v", err)
	}
	_, err = p.Install(file, base.now)
	must(t, err)
	if st := stand(); st.Problem != "" || st.ReadOnly || l.fresh(t).State != tenancy.Active {
		t.Errorf("%+v", st)
	}
	for range 2 {
		l.svc.Seat(t.Context(), l.fresh(t), l.db.NewID(), "crm")
	}
	if st := stand(); !st.TooMany || st.Seats != 2 || st.ReadOnly {
		t.Errorf("%+v", st)
	}
	if got := l.svc.Unlicensed([]string{"crm", "sales"}); len(got) != 1 || got[0] != "sales" {
		t.Errorf("%q", got)
	}
	clockTo(time.Date(2027, 1, 20, 1, 0, 0, 0, time.UTC))
	if st := stand(); st.Problem != "grace" || st.ReadOnly || st.Left != 10 {
		t.Errorf("%+v", st)
	}
	clockTo(time.Date(2027, 2, 20, 1, 0, 0, 0, time.UTC))
	if st := stand(); st.Problem != "expired" || !st.ReadOnly {
		t.Errorf("%+v", st)
	}
	err = l.db.Do(t.Context(), l.fresh(t), tenancy.Actor{Name: "x"}, nil)
	if f := fault.As(err); f == nil || f.Reason != "tenant.read_only" {
		t.Errorf("%v", err)
	}
	must(t, os.Remove(p.Path))
	clockTo(base.now.Add(25 * time.Hour)) // read again once a day
	if st := stand(); st.Problem != "none" || !st.ReadOnly {
		t.Errorf("%+v", st)
	}
}
