package bench

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkMetering confirms orders with the whole cascade by a program's token, and then lets billing do all that it does about them: write the calls
// that it counted and roll the hours up, as often as it does in the time. metering_percent is its share of the CPU time of both; the figure is 3.
func BenchmarkMetering(b *testing.B) {
	const n = 300
	h := open(b)
	customer, products := factory(b, h)
	orders := make([]string, n)
	for i := range orders {
		var lines []m
		for _, p := range products {
			lines = append(lines, m{"product_id": p, "quantity": "2", "unit_price": "15"})
		}
		orders[i] = h.make(b, "/sales/orders", m{"customer_id": customer, "lines": lines})
	}
	token, _ := h.post(b, "/tokens", m{"name": "program"}, http.StatusCreated)["token"].(string)
	program := h.as(token)
	tenants, err := h.app.DB.List(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	cpu := func(work func()) time.Duration {
		own, server := h.cpu.taken()
		work()
		own2, server2 := h.cpu.taken()
		return own2 - own + server2 - server
	}
	b.ResetTimer()
	cascade := cpu(func() {
		drive(b, 4, n, func(i int) error {
			status, raw, err := program.send(http.MethodPost, "/sales/orders/"+orders[i]+"/confirm", nil)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("%d %s", status, raw)
			}
			return err
		})
	})
	// What two hours tell is read again each ten minutes, so each event is read 13 times: 13 roll-ups of what there is are the whole price.
	const times = 13
	metering := cpu(func() {
		for range times {
			if err := h.app.Billing.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
			if _, err := h.app.Billing.RollUpTenant(b.Context(), tenants[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.ReportMetric(cascade.Seconds()*1000/n, "cascade_cpu_ms")
	b.ReportMetric(metering.Seconds()*1000/n, "metering_cpu_ms")
	b.ReportMetric(100*metering.Seconds()/(cascade+metering).Seconds(), "metering_percent")
}

// BenchmarkSignupAmong signs companies up, eight at once, with all business modules, on an installation that has so many already: TENON_BENCH_TENANTS (100).
// The first hundred of these have all business modules too, the others none, so that they are there in minutes.
// So many tables were made beforehand: TENON_BENCH_SPARES (64: one for each who signs up; 0: none). The figure is a p95 under 1 s with 1,000.
func BenchmarkSignupAmong(b *testing.B) {
	const n = 64
	there, spares := number("TENON_BENCH_TENANTS", 100), number("TENON_BENCH_SPARES", n)
	h := open(b)
	h.visitors = new(atomic.Uint32) // one network may sign up so many a minute only
	signUp := func(i int) error {
		in := m{"company": fmt.Sprint("Company ", i), "name": "B", "email": fmt.Sprintf("b%d@example.com", i), "password": "correct horse battery", "token": true}
		if i >= 100 && i < there-1 {
			in["modules"] = []string{}
		}
		status, raw, err := h.send(http.MethodPost, "/signup", in)
		if err == nil && status != http.StatusCreated {
			err = fmt.Errorf("%d %s", status, raw)
		}
		return err
	}
	for i := range there - 1 {
		if err := signUp(i); err != nil {
			b.Fatal(err)
		}
	}
	for ready := -1; ready < spares; {
		err := h.app.DB.KeepSpares(b.Context(), spares)
		if err == nil {
			ready, err = h.app.DB.Spares(b.Context())
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	own, server := h.cpu.taken()
	drive(b, 8, n, func(i int) error { return signUp(there + i) })
	own2, server2 := h.cpu.taken()
	b.ReportMetric(float64(there), "present")
	b.ReportMetric(float64(spares), "spares")
	b.ReportMetric((own2-own).Seconds()*1000/n, "go_cpu_ms")
	b.ReportMetric((server2-server).Seconds()*1000/n, "pg_cpu_ms")
}

// number reads a number from the environment.
func number(name string, without int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return without
}
