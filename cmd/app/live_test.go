package app_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
)

// happening is one server-sent event.
type happening struct {
	id, event string
	data      m
}

// listen opens a person's stream of events; what comes is put into the channel until the test ends.
func (p person) listen(headers ...string) <-chan happening {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.w.url+"/api/v1/events", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Accept-Language", "en")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		p.t.Fatalf("the stream answers %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	out := make(chan happening, 1000)
	go func() {
		defer res.Body.Close()
		defer close(out)
		var h happening
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			name, value, _ := strings.Cut(in.Text(), ": ")
			switch name {
			case "id":
				h.id = value
			case "event":
				h.event = value
			case "data":
				_ = json.Unmarshal([]byte(value), &h.data)
			case "":
				if h.event != "" {
					out <- h
				}
				h = happening{}
			}
		}
	}()
	if h := <-out; h.event != "hello" {
		p.t.Fatalf("the stream begins with %v", h)
	}
	return out
}

// await returns the first event that is wanted, and fails on one that must not come before.
func await(t *testing.T, stream <-chan happening, want, never func(happening) bool) happening {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case h, open := <-stream:
			switch {
			case !open:
				t.Fatal("the stream ended")
			case want(h):
				return h
			case never != nil && never(h):
				t.Fatalf("must not be told: %v", h)
			}
		case <-late:
			t.Fatal("the event never came")
		}
	}
}

func about(entity, id string) func(happening) bool {
	return func(h happening) bool { return h.event == "change" && h.data["entity"] == entity && h.data["id"] == id }
}

// People hear of what they may see, as soon as it is committed, also from another process; nobody hears of another company's records.
func TestLiveTellsOnlyWhatOneMaySee(t *testing.T) {
	w := newWorld(t)
	owner := w.signUp(t, "Live")
	stranger := w.signUp(t, "Stranger")
	sales, buyer, director := owner.hire("sally", "sales"), owner.hire("bob", "buyer"), owner.hire("dora", "sales_director")
	heard, unheard, foreign, told, boss := sales.listen(), buyer.listen(), stranger.listen(), director.listen(), owner.listen()
	customer := sales.create("crm/customers", m{"name": "North"})
	h := await(t, heard, about("crm.customer", str(customer, "id")), nil)
	same(t, "the event", h.data, m{"action": "create", "version": 1, "path": "crm/customers"})
	if len(h.data) != 5 {
		t.Errorf("the event holds more than that something changed: %v", h.data)
	}
	sales.must(http.StatusOK, sales.do(http.MethodPatch, "/crm/customers/"+str(customer, "id"), m{"name": "South"}, "If-Match", `"1"`))
	h = await(t, heard, about("crm.customer", str(customer, "id")), nil)
	same(t, "the change", h.data, m{"action": "update", "version": 2})

	sales.create("crm/leads", m{"name": "Secret"})
	product := owner.create("inventory/products", m{"number": "P", "name": "P", "type": "stock", "unit": "pcs", "supply": "buy"})
	order := sales.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": product["id"], "quantity": "1", "unit_price": "200000"}}})
	sales.must(http.StatusAccepted, sales.post("/sales/orders/"+str(order, "id")+"/confirm", nil))
	n := await(t, told, func(h happening) bool { return h.event == "notification" }, nil)
	if str(n.data, "text") == "" || n.data["record_id"] == nil || n.data["user_id"] != director.id {
		t.Errorf("the notification says %v", n.data)
	}

	// The buyer sees no leads and no notifications of others; the product comes after them.
	await(t, unheard, about("inventory.product", str(product, "id")), func(h happening) bool {
		return h.data["entity"] == "crm.lead" || h.event == "notification" || h.data["entity"] == "notification"
	})
	last := owner.create("inventory/products", m{"number": "Q", "name": "Q", "type": "stock", "unit": "pcs", "supply": "buy"})
	await(t, boss, about("inventory.product", str(last, "id")), func(h happening) bool { // may read all notifications, hears theirs
		return h.event == "notification" && h.data["user_id"] != owner.id
	})
	own := stranger.create("crm/customers", m{"name": "Mine"})
	theirs := []string{str(customer, "id"), str(product, "id"), str(order, "id"), str(last, "id"), owner.id, sales.id, buyer.id, director.id}
	await(t, foreign, about("crm.customer", str(own, "id")), func(h happening) bool { // what came with the stranger's sign-up may come late
		about, _ := h.data["id"].(string)
		of, _ := h.data["record_id"].(string) // of a notification
		return slices.Contains(theirs, about) || slices.Contains(theirs, of)
	})

	// A reader who was away hears what they missed.
	again := sales.listen("Last-Event-ID", h.id)
	await(t, again, about("sales.order", str(order, "id")), nil)
	sales.refused("a made-up id", sales.do(http.MethodGet, "/events", nil, "Last-Event-ID", "x"), http.StatusBadRequest, "fields.invalid")

	// A change of rights is followed; a stream ends with its login.
	owner.must(http.StatusOK, owner.do(http.MethodPatch, "/users/"+buyer.id, m{"roles": []string{"sales"}}, "If-Match", `"1"`))
	second := sales.create("crm/leads", m{"name": "Open"})
	await(t, unheard, func(h happening) bool { return h.event == "policy" }, nil)
	await(t, unheard, about("crm.lead", str(second, "id")), nil)
}

// Another process of the same installation tells too.
func TestLiveReachesOtherProcesses(t *testing.T) {
	w := newWorld(t)
	p := w.signUp(t, "Two")
	heard := p.listen()
	b, err := app.Open(t.Context(), app.Config{DatabaseURL: w.app.Config.DatabaseURL, Data: w.app.Config.Data, Listen: "127.0.0.1:0", Log: w.app.Config.Log})
	if err != nil {
		t.Fatal(err)
	}
	address, stop, err := b.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(t.Context()); err != nil {
			t.Log(err)
		}
	})
	q := p
	q.w = &world{app: b, url: "http://" + address}
	customer := q.create("crm/customers", m{"name": "North"})
	await(t, heard, about("crm.customer", str(customer, "id")), nil)

	// An open stream does not hold up a process that stops.
	stream := q.listen()
	begun := time.Now()
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("stopping took %v", took)
	}
	for range stream {
	}
}
