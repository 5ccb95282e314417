package stripepay_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/billing/stripepay"
)

const mockVersion = "v0.203.0"

// mockBinary is Stripe's own mock, built once for the machine: it refuses requests that Stripe's OpenAPI document refuses.
func mockBinary(t *testing.T) string {
	t.Helper()
	cache := os.Getenv("TENON_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(dir, "tenon")
	}
	path := filepath.Join(cache, "bin", "stripe-mock-"+mockVersion)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	into := t.TempDir()
	c := exec.CommandContext(t.Context(), "go", "install", "github.com/stripe/stripe-mock@"+mockVersion)
	c.Env = append(os.Environ(), "GOBIN="+into, "GOFLAGS=")
	c.Dir = into
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("stripe-mock: %v\n%s", err, out)
	}
	raw, err := os.ReadFile(filepath.Join(into, "stripe-mock"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a folder of programs
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", raw, 0o755); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	return path
}

// mock starts it and returns its address.
func mock(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // only to find a free port
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	ctx, stop := context.WithCancel(t.Context())
	c := exec.CommandContext(ctx, mockBinary(t), "-http-addr", address)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = c.Wait() })
	for range 300 {
		r, err := http.Get("http://" + address) //nolint:noctx // it is our own
		if err == nil {
			_ = r.Body.Close()
			return "http://" + address
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("stripe-mock does not answer")
	return ""
}

// Every call that we make is one that Stripe's own description of its API accepts.
func TestRequestsAreValid(t *testing.T) {
	s := stripepay.New(stripepay.Config{Key: "sk_test_123", WebhookSecret: secret, URL: mock(t)})
	ctx, at := t.Context(), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	call := billing.CheckoutCall{
		Tenant: "018f6a3e-1111-7000-8000-000000000000", Customer: "cus_1", Currency: "EUR", Anchor: time.Now().AddDate(0, 1, 0), Success: "https://x.test/?paid=1", Cancel: "https://x.test/",
		DueDays: 14, English: true,
	}
	settle := billing.Settlement{
		Invoice: "018f6a3e-2222-7000-8000-000000000000", No: "INV-2026-000001", Customer: "cus_1", Subscription: "sub_1", Currency: "CNY", From: at, To: at.AddDate(0, 1, 0), Net: 10000, Tax: 600,
		TaxText: "6 %", DueDays: 14,
	}
	for name, do := range map[string]func() error{
		"customer": func() error {
			_, err := s.Customer(ctx, "c", billing.Customer{Tenant: "t", Name: "青松", Email: "a@example.com", TaxID: "91310000MA1K35XXXX"})
			return err
		},
		"checkout":  func() error { _, err := s.Checkout(ctx, "k", call); return err },
		"subscribe": func() error { _, err := s.Subscribe(ctx, "s", call); return err },
		"portal":    func() error { _, err := s.Portal(ctx, "cus_1", "https://x.test"); return err },
		"pay page": func() error {
			_, err := s.PayPage(ctx, "p", billing.PayCall{Tenant: "t", Customer: "cus_1", Invoice: "i", No: "INV-1", Currency: "CNY", Total: 100, Success: "https://x.test", Cancel: "https://x.test"})
			return err
		},
		"report":    func() error { return s.Report(ctx, "r", billing.ReportCall{Customer: "cus_1", Amount: 5, At: at}) },
		"reported":  func() error { _, err := s.Reported(ctx, "cus_1", at, at.AddDate(0, 1, 0)); return err },
		"settle":    func() error { _, _, err := s.Settle(ctx, "st", settle); return err },
		"state":     func() error { _, err := s.State(ctx, "in_1"); return err },
		"credit":    func() error { return s.Credit(ctx, "cr", "in_1", 100, "sorry") },
		"cancel":    func() error { return s.Cancel(ctx, "ca", "sub_1") },
		"hold":      func() error { return s.Hold(ctx, "h", "in_1") },
		"elsewhere": func() error { return s.PaidElsewhere(ctx, "e", "in_1") },
		"coupon": func() error {
			if _, err := s.Coupon(ctx, "SUMMER"); err != nil && err != billing.ErrGone { //nolint:errorlint // returned bare
				return err
			}
			return nil
		},
	} {
		if err := do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
