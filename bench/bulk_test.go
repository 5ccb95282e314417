package bench

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// goods is a table of so many products.
func goods(n int) []byte {
	rows := []byte("number,name,type,unit,standard_cost\n")
	for i := range n {
		rows = fmt.Appendf(rows, "G%06d,Product %06d,stock,pcs,%d\n", i, i, 1+i%90)
	}
	return rows
}

// BenchmarkImport imports 100,000 products with one request.
func BenchmarkImport(b *testing.B) {
	h := open(b)
	table := goods(100_000)
	b.ResetTimer()
	drive(b, 1, 1, func(int) error { return h.upload("/inventory/products/import?async=false", table) })
}

// BenchmarkStockCount posts a count of 20,000 lines; 20 s is the most that it may take.
func BenchmarkStockCount(b *testing.B) {
	const n = 20_000
	h := open(b)
	if err := h.upload("/inventory/products/import?async=false", goods(n)); err != nil {
		b.Fatal(err)
	}
	var lines []m
	for cursor := ""; ; {
		page := h.get(b, "/inventory/products?fields=id&limit=500&cursor="+cursor)
		list, _ := page["data"].([]any)
		for _, x := range list {
			p, _ := x.(m)
			lines = append(lines, m{"product_id": p["id"], "counted_quantity": "7", "unit_cost": "3"})
		}
		next, more := page["next_cursor"].(string)
		if !more {
			break
		}
		cursor = next
	}
	if len(lines) != n {
		b.Fatalf("%d products", len(lines))
	}
	count := h.make(b, "/inventory/stock_counts", m{"location_id": h.only(b, "/inventory/locations?type=internal"), "lines": lines})
	b.ResetTimer()
	drive(b, 1, 1, func(int) error {
		status, raw, err := h.send(http.MethodPost, "/inventory/stock_counts/"+count+"/post", nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("%d %.300s", status, raw)
		}
		return err
	})
}

// BenchmarkReady opens Tenon on a database with a company in it, until it answers that company; 2 s is the most that it may take.
func BenchmarkReady(b *testing.B) {
	address, data := tenancytest.Database(b), b.TempDir()
	h := openAt(b, address, data)
	out := h.post(b, "/signup", m{"company": "Bench", "name": "B", "email": "bench@example.com", "password": "correct horse battery", "token": true}, http.StatusCreated)
	h.shut()
	took := time.Duration(0)
	const times = 5
	for range times {
		began := time.Now()
		again := openAt(b, address, data)
		again.token, _ = out["token"].(string)
		if err := again.want(http.MethodGet, "/me", http.StatusOK); err != nil {
			b.Fatal(err)
		}
		took += time.Since(began)
		again.shut()
	}
	b.ReportMetric(float64((took/times).Microseconds())/1000, "ready_ms")
	b.ReportMetric(0, "ns/op")
}
