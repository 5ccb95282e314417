package app_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// ear is a program that listens for webhooks; it fails the first time.
type ear struct {
	mu   sync.Mutex
	got  []string
	sign []string
	fail int
}

func (e *ear) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fail > 0 {
		e.fail--
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	e.got, e.sign = append(e.got, string(raw)), append(e.sign, r.Header.Get("Tenon-Signature"))
}

func (e *ear) heard() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.got)
}

// Events go out signed, again after a failure and when they are asked for, with what the webhook's maker may see; inside addresses are refused.
func TestWebhooksAreSignedRetriedAndReplayed(t *testing.T) {
	e := &ear{fail: 1}
	srv := httptest.NewServer(e)
	defer srv.Close()
	a, err := app.Open(t.Context(), app.Config{
		Passwords: tenancytest.Cheap, DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Workers: true,
		CallInside: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
	})
	if err != nil {
		t.Fatal(err)
	}
	address, stop, err := a.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(t.Context()); err != nil {
			t.Log(err)
		}
		if err := a.Close(t.Context()); err != nil {
			t.Log(err)
		}
	})
	w := &world{app: a, url: "http://" + address}
	p := w.signUp(t, "Hooks")
	sales := p.hire("sally", "sales")
	sales.refused("no right", sales.post("/webhooks", m{"name": "x", "url": srv.URL, "events": []string{"*"}}), http.StatusForbidden, "")
	for _, url := range []string{"http://10.0.0.1/", "http://169.254.169.254/latest", "ftp://example.com", "https://user:pass@example.com", "nonsense", "http://127.0.0.2/"} {
		p.refused(url, p.post("/webhooks", m{"name": "x", "url": url, "events": []string{"*"}}), http.StatusBadRequest, "fields.invalid")
	}
	p.refused("no event", p.post("/webhooks", m{"name": "x", "url": srv.URL, "events": []string{"DROP TABLE"}}), http.StatusBadRequest, "fields.invalid")
	hook := p.create("webhooks", m{"name": "orders", "url": srv.URL, "events": []string{"sales.order.confirmed", "crm.none.*"}})
	secret := str(hook, "secret")
	if !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("the secret reads %q", secret)
	}
	product := p.create("inventory/products", m{"number": "P", "name": "P", "type": "stock", "unit": "pcs", "supply": "buy"})
	customer := sales.create("crm/customers", m{"name": "North"})
	order := sales.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": product["id"], "quantity": "1", "unit_price": "10"}}})
	sales.must(http.StatusOK, sales.post("/sales/orders/"+str(order, "id")+"/confirm?dry_run=true", nil))
	sales.act("sales/orders", str(order, "id"), "confirm", nil)
	eventually(t, "the event arrives", func() bool { return e.heard() == 1 })
	body := e.got[0]
	if !strings.Contains(body, `"type":"sales.order.confirmed"`) || !strings.Contains(body, str(order, "id")) || !strings.Contains(body, `"status":"confirmed"`) {
		t.Errorf("the message: %s", body)
	}
	at, v1, _ := strings.Cut(strings.TrimPrefix(e.sign[0], "t="), ",v1=")
	if v1 != relay.Sign(secret, at, []byte(body)) || v1 == relay.Sign(secret+"x", at, []byte(body)) {
		t.Errorf("the signature: %s", e.sign[0])
	}
	var log []m
	eventually(t, "both attempts are written down", func() bool {
		log = p.list("webhook_deliveries", "sort=attempt")
		return len(log) == 2
	})
	same(t, "the first attempt", log[0], m{"ok": false, "status": 502, "attempt": 1})
	same(t, "the second attempt", log[1], m{"ok": true, "status": 200, "attempt": 2})
	p.act("webhook_deliveries", str(log[1], "id"), "replay", nil)
	eventually(t, "the replay arrives", func() bool { return e.heard() == 2 })
	if e.got[1] != body {
		t.Errorf("the replay differs: %s", e.got[1])
	}
	if csv := p.get("/webhooks/export").raw; strings.Contains(csv, secret) {
		t.Error("the secret is exported")
	}
	p.must(http.StatusOK, p.do(http.MethodPatch, "/webhooks/"+str(hook, "id"), m{"active": false}, "If-Match", `"1"`))
	again := sales.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": product["id"], "quantity": "1", "unit_price": "10"}}})
	sales.act("sales/orders", str(again, "id"), "confirm", nil)
	other := w.signUp(t, "Others")
	if len(other.list("webhooks", "")) != 0 || len(other.list("webhook_deliveries", "")) != 0 {
		t.Error("another company sees them")
	}
	if e.heard() != 2 {
		t.Error("a webhook that is off was told")
	}
}
