package bench

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// BenchmarkField seals and opens one value with a data key that is at hand.
func BenchmarkField(b *testing.B) {
	h := open(b)
	tenant := h.tenant(b)
	row := h.app.DB.NewID()
	for _, size := range []int{20, 1000} {
		plain := make([]byte, size)
		sealed, err := h.app.Keys.Seal(b.Context(), tenant.ID, "purchasing.vendor", "bank_account", row, plain)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("seal/%d", size), func(b *testing.B) {
			defer h.spent(b)()
			for b.Loop() {
				if _, err := h.app.Keys.Seal(b.Context(), tenant.ID, "purchasing.vendor", "bank_account", row, plain); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("open/%d", size), func(b *testing.B) {
			defer h.spent(b)()
			for b.Loop() {
				if _, err := h.app.Keys.Open(b.Context(), tenant.ID, "purchasing.vendor", "bank_account", row, sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// spent reports the CPU of this program for each turn: on a busy machine the time tells little.
func (h *house) spent(b *testing.B) func() {
	b.Helper()
	before, _ := h.cpu.taken()
	return func() {
		after, _ := h.cpu.taken()
		b.ReportMetric(float64((after-before).Nanoseconds())/float64(b.N), "cpu_ns/op")
	}
}

func (h *house) tenant(b *testing.B) *tenancy.Tenant {
	b.Helper()
	list, err := h.app.DB.List(b.Context())
	if err != nil || len(list) != 1 {
		b.Fatal(list, err)
	}
	return list[0]
}

// customers makes many customers past the API, with an address and a phone each.
func (h *house) customers(b *testing.B, n int) {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), h.app.Config.DatabaseURL)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	_, err = conn.Exec(b.Context(), "insert into "+pgx.Identifier{h.tenant(b).Schema, "crm_customer"}.Sanitize()+` (id, version, created_at, updated_at, number, name, address, note)
		select gen_random_uuid(), 1, now(), now(), 'B' || n, 'Customer ' || n, n || ' Long Street, Springfield', 'note of ' || n || ', call before noon' from generate_series(1, $1::int) n`, n)
	if err == nil {
		_, err = conn.Exec(b.Context(), "vacuum analyze "+pgx.Identifier{h.tenant(b).Schema, "crm_customer"}.Sanitize())
	}
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSealedList reads lists of 50 with two fields that are sealed or not, in turns, so that whatever else the machine does is the same for both.
func BenchmarkSealedList(b *testing.B) {
	plain, sealed := open(b), open(b)
	for _, h := range []*house{plain, sealed} {
		h.customers(b, 1000)
	}
	for _, f := range []string{"address", "note"} {
		sealed.send(http.MethodPut, "/keys/fields", m{"entity": "crm.customer", "field": f, "sealed": true}) //nolint:errcheck // what follows tells
		if n, err := record.Recrypt(b.Context(), sealed.app.Engine, sealed.tenant(b), "crm.customer", f, nil); err != nil || n < 1000 {
			b.Fatal(n, err)
		}
	}
	const path = "/crm/customers?limit=50&sort=number&fields=number,name,address,note"
	const turns = 400
	var took [2][]time.Duration
	b.ResetTimer()
	for range turns {
		for i, h := range []*house{plain, sealed} {
			at := time.Now()
			if err := h.want(http.MethodGet, path, http.StatusOK); err != nil {
				b.Fatal(err)
			}
			took[i] = append(took[i], time.Since(at))
		}
	}
	b.StopTimer()
	var p50 [2]float64
	for i := range took {
		slices.Sort(took[i])
		p50[i] = float64(took[i][turns/2].Microseconds()) / 1000
	}
	b.ReportMetric(p50[0], "plain_p50_ms")
	b.ReportMetric(p50[1], "sealed_p50_ms")
	b.ReportMetric(p50[1]/p50[0], "ratio")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRewrap seals 100,000 values in the background, then seals them anew after a rotation, while one client reads records all the time.
func BenchmarkRewrap(b *testing.B) {
	const rows = 100_000
	h := open(b)
	one := h.make(b, "/crm/customers", m{"name": "Read"})
	h.customers(b, rows)
	read := func(until <-chan struct{}) float64 {
		var took []time.Duration
		for {
			select {
			case <-until:
				slices.Sort(took)
				return float64(took[len(took)*95/100].Microseconds()) / 1000
			default:
			}
			at := time.Now()
			if err := h.want(http.MethodGet, "/crm/customers/"+one, http.StatusOK); err != nil {
				b.Error(err)
				return 0
			}
			took = append(took, time.Since(at))
		}
	}
	during := func(work func() error) (seconds, p95 float64) {
		end := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() { p95 = read(end) })
		at := time.Now()
		err := work()
		seconds = time.Since(at).Seconds()
		close(end)
		wg.Wait()
		if err != nil {
			b.Fatal(err)
		}
		return seconds, p95
	}
	recrypt := func() error {
		n, err := record.Recrypt(b.Context(), h.app.Engine, h.tenant(b), "crm.customer", "address", nil)
		if err == nil && n < rows {
			err = fmt.Errorf("%d of %d", n, rows)
		}
		return err
	}
	b.ResetTimer()
	_, quiet := during(func() error { time.Sleep(5 * time.Second); return nil })
	h.send(http.MethodPut, "/keys/fields", m{"entity": "crm.customer", "field": "address", "sealed": true}) //nolint:errcheck // what follows tells
	seal, sealP95 := during(recrypt)
	if err := h.app.Keys.Rotate(b.Context(), h.tenant(b), tenancy.Actor{ID: id.ID{1}, System: true}, func(context.Context, *tenancy.Tx, int) error { return nil }); err != nil {
		b.Fatal(err)
	}
	rewrap, rewrapP95 := during(recrypt)
	b.ReportMetric(seal, "seal_s")
	b.ReportMetric(rewrap, "rewrap_s")
	b.ReportMetric(quiet, "quiet_p95_ms")
	b.ReportMetric(sealP95, "seal_p95_ms")
	b.ReportMetric(rewrapP95, "rewrap_p95_ms")
	b.ReportMetric(0, "ns/op")
}
