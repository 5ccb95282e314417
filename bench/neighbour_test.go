package bench

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// another signs a second company up on the same Tenon.
func (h *house) another(b *testing.B, name string) *house {
	b.Helper()
	o := *h
	o.token = ""
	out := o.post(b, "/signup", m{"company": name, "name": "N", "email": name + "@example.com", "password": "correct horse battery", "token": true}, 201)
	o.token, _ = out["token"].(string)
	return &o
}

// BenchmarkNeighbour asks what a small company notices of a large one that floods: 64 clients that read and write as fast as they are answered. The
// ratio is the median of a list and of a create under the flood to the median without it; 1.5 is the most that it may be.
func BenchmarkNeighbour(b *testing.B) {
	h := open(b)
	quiet, noisy := h.another(b, "quiet"), h.another(b, "noisy")
	for range 50 {
		quiet.make(b, "/crm/customers", m{"name": "Customer"})
		noisy.make(b, "/crm/customers", m{"name": "Customer"})
	}
	alone := quiet.medians(b)
	ctx, stop := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			for n := i; ctx.Err() == nil; n++ {
				if n%2 == 0 {
					_, _, _ = noisy.send(http.MethodGet, "/crm/customers?limit=50&sort=-name", nil)
				} else {
					_, _, _ = noisy.send(http.MethodPost, "/crm/customers", m{"name": "Flood"})
				}
			}
		})
	}
	time.Sleep(500 * time.Millisecond)
	beside := quiet.medians(b)
	stop()
	wg.Wait()
	for i, what := range []string{"list", "create"} {
		b.ReportMetric(float64(alone[i].Microseconds())/1000, what+"_alone_ms")
		b.ReportMetric(float64(beside[i].Microseconds())/1000, what+"_beside_ms")
		b.ReportMetric(float64(beside[i])/float64(alone[i]), what+"_ratio")
	}
	b.ReportMetric(0, "ns/op")
}

// medians are those of a list and of a create, asked for one at a time.
func (h *house) medians(b *testing.B) [2]time.Duration {
	b.Helper()
	var took [2][]time.Duration
	for range 300 {
		at := time.Now()
		if err := h.want(http.MethodGet, "/crm/customers?limit=50&sort=-name", http.StatusOK); err != nil {
			b.Fatal(err)
		}
		took[0] = append(took[0], time.Since(at))
		at = time.Now()
		if status, raw, err := h.send(http.MethodPost, "/crm/customers", m{"name": "Mine"}); err != nil || status != http.StatusCreated {
			b.Fatal(status, string(raw), err)
		}
		took[1] = append(took[1], time.Since(at))
	}
	for i := range took {
		slices.Sort(took[i])
	}
	return [2]time.Duration{took[0][150], took[1][150]}
}
