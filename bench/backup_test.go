package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// BenchmarkBackup backs a large company up to a folder, restores it into another database, and rehearses an upgrade with it. The aims are 60 s for a
// gigabyte, 120 s back, and 60 s for the rehearsal of 100 MB.
func BenchmarkBackup(b *testing.B) {
	for _, size := range []int{10_000, many} {
		b.Run(fmt.Sprintf("orders=%d", size), func(b *testing.B) { backup(b, size) })
	}
}

func backup(b *testing.B, size int) {
	b.Helper()
	h := open(b)
	large(b, h, size)
	list, err := h.app.DB.List(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	mb := megabytes(b, h, list[0].Schema)
	store := archive.Folder(b.TempDir())

	at := time.Now()
	made, err := h.app.Backup(b.Context(), store, nil)
	if err != nil {
		b.Fatal(err)
	}
	out := time.Since(at)

	other := openAt(b, tenancytest.Database(b), h.data)
	at = time.Now()
	back, err := other.app.Restore(b.Context(), store, made.Entries[0], app.Copy{})
	if err != nil {
		b.Fatal(err)
	}
	in := time.Since(at)
	other.shut()

	trial, err := h.app.Rehearse(b.Context(), list[0])
	if err != nil {
		b.Fatal(err)
	}
	if len(trial.Changes) > 0 { // copied rows contradict one another, so there are findings
		b.Errorf("the copy differs: %q", trial.Changes)
	}
	b.ReportMetric(mb, "MB")
	b.ReportMetric(float64(made.Size())/(1<<20), "archive_MB")
	b.ReportMetric(float64(back.Last.Rows()), "rows")
	b.ReportMetric(out.Seconds(), "backup_s")
	b.ReportMetric(in.Seconds(), "restore_s")
	b.ReportMetric(trial.Took.Seconds(), "rehearsal_s")
	b.ReportMetric(0, "ns/op")
}

// megabytes is the size of a company's tables with their indexes.
func megabytes(b *testing.B, h *house, schema string) float64 {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), h.app.Config.DatabaseURL)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	var bytes int64
	err = conn.QueryRow(b.Context(), "select sum(pg_total_relation_size(c.oid))::bigint from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and relkind = 'r'",
		schema).Scan(&bytes)
	if err != nil {
		b.Fatal(err)
	}
	return float64(bytes) / (1 << 20)
}
