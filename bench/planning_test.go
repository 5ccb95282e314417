package bench

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/tenon-hq/tenon/cmd/app"
)

// bicycles loads the AdventureWorks sample, the whole of it where it is at hand.
func bicycles(b *testing.B, h *house) {
	b.Helper()
	dir := filepath.Join("..", "cmd", "app", "testdata", "adventureworks")
	for _, whole := range []string{os.Getenv("TENON_ADVENTUREWORKS"), filepath.Join("..", "..", "shared", "data", "adventureworks")} {
		if _, err := os.Stat(filepath.Join(whole, "products.csv")); whole != "" && err == nil {
			dir = whole
			break
		}
	}
	list, err := h.app.DB.List(b.Context())
	if err == nil {
		err = h.app.ImportAdventureWorks(b.Context(), list[0], dir, func(app.Progress) {})
	}
	if err != nil {
		b.Fatal(err)
	}
}

// ids lists records in pages.
func (h *house) ids(b *testing.B, path string) []string {
	b.Helper()
	var out []string
	for cursor := ""; ; {
		page := h.get(b, path+"&fields=id&limit=500&cursor="+cursor)
		for _, x := range page["data"].([]any) { //nolint:forcetypeassert // the convention of lists
			out = append(out, fmt.Sprint(x.(m)["id"])) //nolint:forcetypeassert // as above
		}
		next, more := page["next_cursor"].(string)
		if !more {
			return out
		}
		cursor = next
	}
}

// BenchmarkPlanningRun plans all products of AdventureWorks with 1,000 open sales orders: the first run, which fills all stock up to its level, and
// runs when little changed.
func BenchmarkPlanningRun(b *testing.B) {
	h := open(b)
	bicycles(b, h)
	customer := h.make(b, "/crm/customers", m{"name": "Customer"})
	products := h.ids(b, "/inventory/products?list_price[gt]=0")
	orders := make([]string, 1000)
	for i := range orders {
		orders[i] = h.make(b, "/sales/orders", m{"customer_id": customer, "lines": []m{
			{"product_id": products[i%len(products)], "quantity": "3", "unit_price": "15"},
			{"product_id": products[(7*i+3)%len(products)], "quantity": "2", "unit_price": "15"},
		}})
	}
	for _, o := range orders {
		h.post(b, "/sales/orders/"+o+"/confirm", nil, http.StatusOK)
	}
	for _, name := range []string{"first", "again"} {
		b.Run(name, func(b *testing.B) {
			var run m
			for range b.N {
				run = h.post(b, "/production/planning_runs", m{}, http.StatusCreated)
			}
			for _, figure := range []string{"product_count", "made_count", "requested_count", "withdrawn_count", "proposed_count"} {
				n, _ := run[figure].(float64)
				b.ReportMetric(n, figure)
			}
		})
	}
}

// BenchmarkImportAdventureWorks imports all of AdventureWorks as real documents, once for each company.
func BenchmarkImportAdventureWorks(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		h := open(b)
		b.StartTimer()
		bicycles(b, h)
	}
}
