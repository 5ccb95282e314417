package stripepay_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/billing/stripepay"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// shop is billing with the fake Stripe, and a clock that the test moves.
type shop struct {
	t    *testing.T
	db   *tenancy.DB
	svc  *billing.Service
	fake *fake
	now  time.Time
}

func newShop(t *testing.T) *shop {
	s := &shop{t: t, fake: newFake(t), now: time.Date(2026, 11, 3, 1, 0, 0, 0, time.UTC)}
	lines := []tenancy.Line{{Name: "crm"}}
	s.db = tenancytest.Fresh(t, tenancy.Config{Lines: lines, Shared: []tenancy.Shared{billing.Shared()}, Clock: func() time.Time { return s.now }})
	s.svc = billing.New(billing.Config{
		DB: s.db, Modules: []modules.Module{{Name: "crm", Price: "39.00"}}, Rules: true,
		Provider: stripepay.New(stripepay.Config{Key: "sk_test_x", WebhookSecret: secret, URL: s.fake.URL}),
	})
	if err := s.svc.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) fresh(key id.ID) *tenancy.Tenant {
	s.t.Helper()
	t, err := s.db.Tenant(s.t.Context(), key)
	s.must(err)
	return t
}

func (s *shop) account(key id.ID) *billing.Account {
	s.t.Helper()
	a, err := s.svc.Account(s.t.Context(), s.fresh(key))
	s.must(err)
	return a
}

// work is what the background does.
func (s *shop) work() {
	s.t.Helper()
	s.must(s.svc.Tick(s.t.Context()))
	s.must(s.svc.Post(s.t.Context()))
}

func (s *shop) hook(event, kind string, object map[string]any) error {
	body, header := sign(event, kind, s.now, object)
	return s.svc.Receive(s.t.Context(), "stripe", body, header)
}

// subscribed is a company that has left a card.
func (s *shop) subscribed(event string) *tenancy.Tenant {
	s.t.Helper()
	t := tenancytest.Tenant(s.t, s.db, "crm")
	url, err := s.svc.Checkout(s.t.Context(), t, "k"+event, "https://app.test/billing")
	if err != nil || url == "" {
		s.t.Fatal(url, err)
	}
	s.must(s.hook(event, "checkout.session.completed", map[string]any{
		"id": "cs_" + event, "mode": "subscription", "client_reference_id": t.ID.String(), "customer": s.account(t.ID).Customer, "subscription": "sub_" + event,
	}))
	return t
}

// A month through Stripe: reported, reconciled, settled to the cent, failed, paid late, in any order.
func TestMonthThroughStripe(t *testing.T) {
	s := newShop(t)
	c := s.subscribed("evt_1")
	if a := s.account(c.ID); a.State != "active" || a.Subscription != "sub_evt_1" || a.Collect != "provider" {
		t.Fatalf("%+v", a)
	}
	s.now = time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	s.work()
	before, err := s.svc.Invoices(t.Context(), c.ID)
	if err != nil || len(before) != 1 {
		t.Fatal(err, len(before))
	}
	s.fake.objects[before[0].ProviderRef]["status"] = "paid"
	s.must(s.hook("evt_nov", "invoice.paid", map[string]any{
		"id": before[0].ProviderRef, "customer": s.account(c.ID).Customer, "metadata": map[string]string{"tenon_invoice": before[0].ID.String()},
	}))
	for range 20 { // a day after the other, with Stripe down for some of them: nobody is kept from anything
		s.now = s.now.Add(24 * time.Hour)
		s.fake.down = s.now.Day() > 5 && s.now.Day() < 9
		s.work()
	}
	s.now = s.now.Add(2 * time.Hour)
	s.work()
	s.must(s.svc.Reconcile(t.Context()))
	if d, err := s.svc.Differences(t.Context()); err != nil || len(d) != 0 {
		t.Fatalf("%v %+v", err, d)
	}
	// One event is lost on Stripe's side: found, repaired.
	for k := range s.fake.events {
		delete(s.fake.events, k)
		break
	}
	s.must(s.svc.Reconcile(t.Context()))
	d, err := s.svc.Differences(t.Context())
	if err != nil || len(d) != 1 || d[0].What != "usage" {
		t.Fatalf("%v %+v", err, d)
	}
	s.must(s.svc.Repair(t.Context(), d[0].ID, "test"))
	s.work()
	s.must(s.svc.Reconcile(t.Context()))
	if d, err := s.svc.Differences(t.Context()); err != nil || len(d) != 0 {
		t.Fatalf("not repaired: %v %+v", err, d)
	}
	s.now = time.Date(2027, 1, 1, 8, 0, 0, 0, time.UTC)
	s.work()
	list, err := s.svc.Invoices(t.Context(), c.ID)
	if err != nil || len(list) != 2 || list[0].ProviderRef == "" || list[0].PayURL == "" {
		t.Fatalf("%v %+v", err, list)
	}
	v := list[0]
	if got, want := s.fake.objects[v.ProviderRef]["total"].(int64), v.Total.Shift(2).IntPart(); got != want {
		t.Errorf("Stripe's total %d, ours %d", got, want)
	}
	about := map[string]any{"id": v.ProviderRef, "customer": s.account(c.ID).Customer, "metadata": map[string]string{"tenon_invoice": v.ID.String()}}
	s.must(s.hook("evt_fail", "invoice.payment_failed", about))
	if a := s.account(c.ID); a.State != "past_due" {
		t.Errorf("%s", a.State)
	}
	s.must(s.hook("evt_paid", "invoice.paid", about))
	s.must(s.hook("evt_paid", "invoice.paid", about))           // twice
	s.must(s.hook("evt_late", "invoice.payment_failed", about)) // an attempt before, told late
	if a := s.account(c.ID); a.State != "active" {
		t.Errorf("%s after it was paid", a.State)
	}
	s.must(s.svc.ReplayWebhook(t.Context(), "evt_fail", "test"))
	if a := s.account(c.ID); a.State != "active" {
		t.Errorf("%s after a replay", a.State)
	}
	if len(s.fake.keyless) > 0 || len(s.fake.mistakes) > 0 {
		t.Errorf("without a key: %q; mistakes: %q", s.fake.keyless, s.fake.mistakes)
	}
}

// What must not work: forged, old, another's customer, a session after its end, currencies that change, negative amounts.
func TestBadInput(t *testing.T) {
	s := newShop(t)
	a, b := s.subscribed("evt_a"), s.subscribed("evt_b")
	body, header := sign("evt_x", "invoice.paid", s.now, map[string]any{"id": "in_x"})
	for name, h := range map[string]string{"forged": header[:len(header)-4] + "0000", "empty": "", "other body": header} {
		payload := body
		if name == "other body" {
			payload = append([]byte{' '}, body...)
		}
		if err := s.svc.Receive(t.Context(), "stripe", payload, h); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: secret, Timestamp: time.Now().Add(-6 * time.Minute)})
	if err := s.svc.Receive(t.Context(), "stripe", old.Payload, old.Header); !fault.Is(err, fault.Invalid) {
		t.Errorf("an old signature: %v", err)
	}
	// A's session that names B's customer.
	s.must(s.hook("evt_swap", "checkout.session.completed", map[string]any{
		"id": "cs_swap", "mode": "subscription", "client_reference_id": a.ID.String(), "customer": s.account(b.ID).Customer, "subscription": "sub_swap",
	}))
	if s.account(a.ID).Subscription != "sub_evt_a" || s.account(b.ID).Subscription != "sub_evt_b" {
		t.Error("a subscription went to another company")
	}
	// The end is told before the beginning.
	c := tenancytest.Tenant(t, s.db, "crm")
	if _, err := s.svc.Checkout(t.Context(), c, "kc", "https://app.test/billing"); err != nil {
		t.Fatal(err)
	}
	customer := s.account(c.ID).Customer
	s.must(s.hook("evt_end", "customer.subscription.deleted", map[string]any{"id": "sub_c", "customer": customer}))
	s.must(s.hook("evt_begin", "checkout.session.completed", map[string]any{
		"id": "cs_c", "mode": "subscription", "client_reference_id": c.ID.String(), "customer": customer, "subscription": "sub_c",
	}))
	if s.account(c.ID).Collect != "none" {
		t.Error("a subscription that has ended came back")
	}
	// The customer is deleted in Stripe: nobody is cut off at once, and a new one is made at the next need.
	s.must(s.hook("evt_gone", "customer.deleted", map[string]any{"id": s.account(a.ID).Customer}))
	if x := s.account(a.ID); x.Customer != "" || x.State != "active" {
		t.Errorf("%+v", x)
	}
	usd, minus := "USD", money.Int(-5)
	if err := s.svc.Set(t.Context(), b, billing.Settings{Currency: &usd}); !fault.Is(err, fault.Conflict) {
		t.Errorf("another currency: %v", err)
	}
	p := &minus
	if err := s.svc.Set(t.Context(), b, billing.Settings{Budget: &p}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a negative budget: %v", err)
	}
	if slices.Contains([]string{"read_only", "suspended"}, s.account(a.ID).State) {
		t.Error("cut off")
	}
}

// A card that fails for a month: told, late, read-only, and back with the payment. The clock jumps on the way.
func TestCardFailsForAMonth(t *testing.T) {
	s := newShop(t)
	c := s.subscribed("evt_1")
	s.now = time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	s.work()
	list, err := s.svc.Invoices(t.Context(), c.ID)
	if err != nil || len(list) != 1 {
		t.Fatal(err, len(list))
	}
	about := map[string]any{"id": list[0].ProviderRef, "customer": s.account(c.ID).Customer, "metadata": map[string]string{"tenon_invoice": list[0].ID.String()}}
	s.must(s.hook("evt_f1", "invoice.payment_failed", about))
	for i, want := range []string{"past_due", "read_only", "suspended"} {
		if got := s.account(c.ID).State; got != want {
			t.Fatalf("step %d: %s, not %s", i, got, want)
		}
		s.now = s.now.Add(200 * 24 * time.Hour) // nobody looked for long: still one step at a time
		s.must(s.svc.Live(t.Context(), s.fresh(c.ID)))
		s.must(s.svc.Live(t.Context(), s.fresh(c.ID)))
	}
	if got := s.account(c.ID).State; got != "closing" {
		t.Fatalf("%s", got)
	}
	s.must(s.hook("evt_p1", "invoice.paid", about))
	if got := s.account(c.ID).State; got != "active" {
		t.Errorf("%s after the payment", got)
	}
	if s.fresh(c.ID).State != tenancy.Active {
		t.Error("the workspace is not back")
	}
}

func TestStripeDownRefusesCheckoutOnly(t *testing.T) {
	s := newShop(t)
	c := tenancytest.Tenant(t, s.db, "crm")
	s.fake.down = true
	if _, err := s.svc.Checkout(t.Context(), c, "k", "https://app.test"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
	s.work()
	if errors.Is(s.svc.Reconcile(t.Context()), billing.ErrRefused) {
		t.Error("refused")
	}
}
