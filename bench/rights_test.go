package bench

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/web"
)

// hire adds a colleague and returns their token.
func (h *house) hire(b *testing.B, name string, roles ...string) string {
	b.Helper()
	email := name + "@bench.test"
	h.make(b, "/users", m{"name": name, "email": email, "password": "correct horse battery", "roles": roles})
	token, _ := h.post(b, "/login", m{"email": email, "password": "correct horse battery", "token": true}, http.StatusOK)["token"].(string)
	return token
}

// as is the house as somebody else sees it.
func (h *house) as(token string) *house {
	other := *h
	other.token = token
	return &other
}

// BenchmarkMaskedList lists 50 products in turn as an owner, who may see all, and as a salesperson, who may not see costs. masked_percent is what the mask
// adds to the median of the owner's list; the figure is 10.
func BenchmarkMaskedList(b *testing.B) {
	h := open(b)
	rows := []byte("number,name,type,unit,standard_cost,list_price\n")
	for i := range 2000 {
		rows = fmt.Appendf(rows, "P%05d,Product %d,stock,pcs,%d,%d\n", i, i, i+1, i+2)
	}
	if err := h.upload("/inventory/products/import", rows); err != nil {
		b.Fatal(err)
	}
	sally := h.as(h.hire(b, "sally", "sales"))
	const rounds = 600
	took := [2][]time.Duration{}
	list := func(who *house) time.Duration {
		at := time.Now()
		if err := who.want(http.MethodGet, "/inventory/products?sort=name&limit=50", http.StatusOK); err != nil {
			b.Fatal(err)
		}
		return time.Since(at)
	}
	list(h)
	list(sally)
	b.ResetTimer()
	for i := range rounds { // in turn, and each first as often as second: what the machine does meanwhile concerns both
		for j := range 2 {
			k := (i + j) % 2
			took[k] = append(took[k], list([]*house{h, sally}[k]))
		}
	}
	for k := range took {
		slices.Sort(took[k])
	}
	whole, masked := took[0][rounds/2], took[1][rounds/2]
	b.ReportMetric(float64(whole.Microseconds())/1000, "whole_ms")
	b.ReportMetric(float64(masked.Microseconds())/1000, "masked_ms")
	b.ReportMetric((float64(masked)/float64(whole)-1)*100, "masked_percent")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPublish publishes versions in one process and asks another how soon it decides by them; the figure is 2 s for the slowest.
func BenchmarkPublish(b *testing.B) {
	h := open(b)
	key := h.make(b, "/inventory/products", m{"number": "P", "name": "Pump", "type": "stock", "unit": "pcs", "supply": "buy", "list_price": "9"})
	second, err := app.Open(b.Context(), app.Config{DatabaseURL: h.app.Config.DatabaseURL, Data: h.app.Config.Data, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(second.API.Handler(web.Handler()))
	b.Cleanup(func() {
		srv.Close()
		_ = second.Close(b.Context())
	})
	viewer := h.as(h.hire(b, "vic", "viewer"))
	viewer.url = srv.URL + "/api/v1"
	sees := func() bool {
		_, raw, err := viewer.send(http.MethodGet, "/inventory/products/"+key, nil)
		if err != nil {
			b.Fatal(err)
		}
		return strings.Contains(string(raw), `"list_price":"9`)
	}
	if !sees() {
		b.Fatal("a viewer sees no price")
	}
	grants, _ := h.get(b, "/roles")["grants"].(m)
	own, _ := grants["viewer"].(m)
	slowest, turn := time.Duration(0), 0
	for b.Loop() {
		classes := []string{"basic"}
		if turn++; turn%2 == 0 {
			classes = append(classes, "price")
		}
		own["inventory.product"] = m{"view": classes, "export": true}
		status, raw, err := h.send(http.MethodPut, "/roles", m{"grants": m{"viewer": own}})
		if err != nil || status != http.StatusOK {
			b.Fatal(status, string(raw), err)
		}
		at := time.Now()
		for sees() != (turn%2 == 0) {
			if time.Since(at) > 10*time.Second {
				b.Fatal("the other process does not follow")
			}
			time.Sleep(time.Millisecond)
		}
		slowest = max(slowest, time.Since(at))
	}
	b.ReportMetric(float64(slowest.Microseconds())/1000, "slowest_ms")
}
