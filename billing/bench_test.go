package billing_test

import (
	"context"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/tenancy"
)

// BenchmarkRollUpMillion rolls 1,000,000 events of one day up, with the usage page after it. The roll-up may take 10 s, the page 200 ms.
func BenchmarkRollUpMillion(b *testing.B) {
	base := newLab(b, billing.Config{})
	for b.Loop() {
		b.StopTimer()
		l := base.company(b, "crm")
		_, err := l.svc.Account(b.Context(), l.t)
		must(b, err)
		must(b, l.db.Do(b.Context(), l.fresh(b), tenancy.Actor{System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.NewRaw("insert into fact select gen_random_uuid(), ?::timestamptz + g * interval '80 milliseconds' from generate_series(1, 1000000) g", base.now).Exec(ctx)
			return err
		}, tenancy.Within(5*time.Minute)))
		base.now = base.now.Add(24 * time.Hour)
		b.StartTimer()
		start := time.Now()
		_, err = l.svc.RollUpTenant(b.Context(), l.fresh(b))
		must(b, err)
		b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms/roll-up")
		start = time.Now()
		_, err = l.svc.Usage(b.Context(), l.fresh(b), clock.NewDate(2026, 11, 1))
		must(b, err)
		b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms/page")
	}
}
