package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKilledWhileImportingInBatches kills the process when some batches of an import are saved. The next process goes on behind them by itself: what was
// saved stays as it is, every record is there once, and the table is not tried again.
func TestKilledWhileImportingInBatches(t *testing.T) {
	const rows = 24_000 // five batches
	x := &sealing{t: t, bin: binary(t), data: t.TempDir()}
	if err := os.Chmod(filepath.Dir(x.data), 0o711); err != nil { // the server's own user passes through
		t.Fatal(err)
	}
	x.s = serve(t, x.bin, x.data)
	status, in := x.s.post(t, "/signup", "", `{"company":"Harbour","name":"Hanna","email":"hanna@example.com","password":"correct horse battery","token":true}`)
	if status != http.StatusCreated {
		t.Fatalf("sign-up: %d %v", status, in)
	}
	x.token, _ = in["token"].(string)
	schema := x.text("select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname = 'crm_customer' and n.nspname like 't\\_%'")
	x.table = schema + ".crm_customer"
	var table strings.Builder
	table.WriteString("number,name\n")
	for i := range rows {
		fmt.Fprintf(&table, "B%05d,Customer %d\n", i, i)
	}
	job := x.ask(http.MethodPost, "/crm/customers/import?batches=true", table.String())
	const saved = "number like 'B%'"
	deadline := time.Now().Add(4 * time.Minute)
	for x.rows(saved) == 0 && time.Now().Before(deadline) {
		time.Sleep(2 * time.Millisecond)
	}
	if err := x.s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = x.s.Wait()
	n := x.rows(saved)
	if n == 0 || n == rows || n%5000 != 0 {
		t.Fatalf("the kill came too early or too late: %d of %d rows", n, rows)
	}
	t.Logf("killed after %d of %d rows", n, rows)
	before := x.text("select md5(string_agg(id::text, ',' order by number)) from " + x.table + " where " + saved)
	if p := x.text("select progress::text from " + schema + ".task"); p != fmt.Sprintf(`{"next": %d, "checked": true, "created": %d}`, n, n) {
		t.Errorf("how far it is: %s", p)
	}
	x.text("update river.river_job set attempted_at = attempted_at - interval '1 minute', metadata = metadata - 'alive' where id = " + job + " returning 'time passes'")
	x.s = serve(t, x.bin, x.data)
	for x.rows(saved) < rows && time.Now().Before(deadline) {
		time.Sleep(100 * time.Millisecond)
		if c := x.rows(saved); c%5000 != 0 && c != rows { // one that tried again would have to take back what it tried
			t.Fatalf("%d rows are saved", c)
		}
	}
	if got := x.text("select count(*) || ' ' || count(distinct number) from " + x.table + " where " + saved); got != fmt.Sprintf("%d %d", rows, rows) {
		t.Fatalf("saved, and different: %s", got)
	}
	if after := x.text(fmt.Sprintf("select md5(string_agg(id::text, ',' order by number)) from %s where %s and number < 'B%05d'", x.table, saved, n)); after != before {
		t.Error("what was saved before the kill was saved anew")
	}
	for range 300 {
		if x.text("select state from "+schema+".task") != "waiting" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if out := x.text("select state || ' ' || (outcome->>'created') || ' ' || (outcome->>'rows') from " + schema + ".task"); out != fmt.Sprintf("done %d %d", rows, rows) {
		t.Errorf("the task ended as %s", out)
	}
}
