package stripepay_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"
)

const secret = "whsec_test"

// fake is a small Stripe with a memory: it answers a repeated idempotency key with its first answer, keeps meter events by identifier, sums invoices, and
// signs webhooks as Stripe does.
type fake struct {
	*httptest.Server

	mu       sync.Mutex
	n        int
	down     bool
	answers  map[string]map[string]any // by idempotency key
	bodies   map[string]string
	objects  map[string]map[string]any
	order    []string
	events   map[string]int64 // meter events by identifier
	of       map[string]string
	keyless  []string // writes without a key
	mistakes []string
}

func newFake(t testing.TB) *fake {
	f := &fake{answers: map[string]map[string]any{}, bodies: map[string]string{}, objects: map[string]map[string]any{}, events: map[string]int64{}, of: map[string]string{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if f.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `{"error":{"type":"api_error","message":"down"}}`)
		return
	}
	_ = r.ParseForm()
	key := r.Header.Get("Idempotency-Key")
	if r.Method == http.MethodPost {
		if key == "" && !strings.HasSuffix(r.URL.Path, "/sessions") {
			f.keyless = append(f.keyless, r.URL.Path)
		}
		if old, ok := f.answers[key]; ok && key != "" {
			if f.bodies[key] != r.Form.Encode() {
				f.mistakes = append(f.mistakes, "key "+key+" with another body")
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `{"error":{"type":"idempotency_error","message":"another body"}}`)
				return
			}
			_ = json.NewEncoder(w).Encode(old)
			return
		}
	}
	out := f.answer(r)
	if out == nil {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, `{"error":{"type":"invalid_request_error","code":"resource_missing","message":"no such thing: %s"}}`, r.URL.Path)
		return
	}
	if key != "" {
		f.answers[key], f.bodies[key] = out, r.Form.Encode()
	}
	_ = json.NewEncoder(w).Encode(out)
}

// answer does what a call asks for; nil: there is no such thing.
func (f *fake) answer(r *http.Request) map[string]any {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	form := func(k string) string { return r.Form.Get(k) }
	switch {
	case parts[0] == "billing" && parts[1] == "meter_events":
		id := form("identifier")
		if _, twice := f.events[id]; !twice {
			n, err := strconv.ParseInt(form("payload[value]"), 10, 64)
			if err != nil || n <= 0 {
				f.mistakes = append(f.mistakes, "value "+form("payload[value]"))
			}
			f.events[id], f.of[id] = n, form("payload[stripe_customer_id]")
		}
		return map[string]any{"object": "billing.meter_event", "identifier": id}
	case parts[0] == "billing" && len(parts) == 4 && parts[3] == "event_summaries":
		sum := int64(0)
		for id, n := range f.events {
			if f.of[id] == form("customer") {
				sum += n
			}
		}
		return page(map[string]any{"id": "sum", "object": "billing.meter_event_summary", "aggregated_value": sum})
	case r.Method == http.MethodGet && len(parts) == 1 || r.URL.Path == "/v1/billing/meters" && r.Method == http.MethodGet:
		return page(f.find(parts[len(parts)-1], r)...)
	case parts[0] == "invoiceitems":
		v := f.objects[form("invoice")]
		if v == nil {
			return nil
		}
		n, _ := strconv.ParseInt(form("amount"), 10, 64)
		v["total"], v["subtotal"] = v["total"].(int64)+n, v["subtotal"].(int64)+n
		return f.made("ii", map[string]any{"object": "invoiceitem", "amount": n})
	case parts[0] == "invoices" && len(parts) == 3 && parts[2] == "finalize":
		v := f.objects[parts[1]]
		v["status"], v["hosted_invoice_url"] = "open", "https://invoice.test/"+parts[1]
		return v
	}
	if len(parts) >= 2 && f.objects[parts[len(parts)-1]] != nil {
		v := f.objects[parts[len(parts)-1]]
		if r.Method == http.MethodDelete {
			v["status"] = "canceled"
		}
		if id := form("metadata[tenon_invoice]"); id != "" {
			v["metadata"] = map[string]any{"tenon_invoice": id}
		}
		return v
	}
	if r.Method != http.MethodPost || len(parts) > 2 {
		return nil
	}
	return f.create(parts, form)
}

func (f *fake) create(parts []string, form func(string) string) map[string]any {
	name := parts[len(parts)-1]
	o := map[string]any{"object": strings.TrimSuffix(name, "s"), "customer": form("customer"), "metadata": map[string]any{}}
	switch name {
	case "customers":
		return f.made("cus", map[string]any{"object": "customer", "name": form("name")})
	case "meters":
		return f.made("mtr", map[string]any{"object": "billing.meter", "event_name": form("event_name")})
	case "products":
		return f.made("prod", o)
	case "prices":
		o["lookup_key"] = form("lookup_key")
		return f.made("price", o)
	case "sessions":
		o["url"] = "https://pay.test/" + parts[0]
		return f.made("cs", o)
	case "subscriptions":
		return f.made("sub", o)
	case "invoices":
		o["status"], o["total"], o["subtotal"] = "draft", int64(0), int64(0)
		o["metadata"] = map[string]any{"tenon_invoice": form("metadata[tenon_invoice]")}
		return f.made("in", o)
	}
	return f.made(name, o)
}

func (f *fake) made(kind string, o map[string]any) map[string]any {
	f.n++
	id := fmt.Sprintf("%s_%d", kind, f.n)
	o["id"] = id
	f.objects[id] = o
	f.order = append(f.order, id)
	return o
}

func (f *fake) find(name string, r *http.Request) []map[string]any {
	prefix := map[string]string{"meters": "mtr_", "prices": "price_", "invoices": "in_", "promotion_codes": "promo_"}[name]
	var out []map[string]any
	for _, id := range f.order {
		o := f.objects[id]
		if !strings.HasPrefix(id, prefix) || name == "prices" && o["lookup_key"] != r.Form.Get("lookup_keys[0]") ||
			name == "invoices" && o["customer"] != r.Form.Get("customer") || name == "promotion_codes" && o["code"] != r.Form.Get("code") {
			continue
		}
		out = append(out, o)
	}
	return out
}

func page(list ...map[string]any) map[string]any {
	if list == nil {
		list = []map[string]any{}
	}
	return map[string]any{"object": "list", "data": list, "has_more": false}
}

// sign makes a webhook as Stripe sends it.
func sign(id, kind string, at time.Time, object map[string]any) (body []byte, header string) {
	raw, err := json.Marshal(map[string]any{
		"id": id, "object": "event", "api_version": "2023-10-16", "type": kind, "created": at.Unix(), "data": map[string]any{"object": object},
	})
	if err != nil {
		panic(err)
	}
	s := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: raw, Secret: secret, Timestamp: time.Now()})
	return s.Payload, s.Header
}
