package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const sealRows = 20_000

// sealing is a company with many customers, of which one field is encrypted, encrypted anew and opened while its process is killed.
type sealing struct {
	t         *testing.T
	bin, data string
	s         *serving
	token     string
	table     string // with its schema
}

// TestKilledWhileSealing kills the process in the middle of the jobs that encrypt a field, rewrap everything after a rotation, and open the field again.
// Each time some rows are done and some are not; the next process goes on by itself, and every value is there once, as it was.
func TestKilledWhileSealing(t *testing.T) {
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
	if status, out := x.s.post(t, "/crm/customers", x.token, `{"name":"Northwind","number":"K0","address":"street 0"}`); status != http.StatusCreated {
		t.Fatalf("customer: %d %v", status, out)
	}
	x.table = x.text("select n.nspname || '.crm_customer' from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname = 'crm_customer' and n.nspname like 't\\_%'")
	x.text(`with made as (insert into ` + x.table + ` select (jsonb_populate_record(null::` + x.table + `, to_jsonb(c) ||
		jsonb_build_object('id', gen_random_uuid(), 'number', 'K' || n, 'address', 'street ' || n))).* from ` + x.table + ` c, generate_series(1, ` + fmt.Sprint(sealRows-1) + `) n returning 1)
		select count(*)::text from made`)

	sealed := "length(x_seal_address) > 0"
	x.killed("sealing", http.MethodPut, "/keys/fields", `{"entity":"crm.customer","field":"address","sealed":true}`, func() string { return sealed })
	if n := x.text("select count(*)::text from " + x.table + " where " + sealed + " and address = ''"); n != fmt.Sprint(sealRows) {
		t.Errorf("%s of %d are encrypted", n, sealRows)
	}
	old := x.text("select min(encode(substr(x_seal_address, 2, 8), 'hex')) from " + x.table)
	anew := "encode(substr(x_seal_address, 2, 8), 'hex') <> '" + old + "'"
	x.killed("rewrapping", http.MethodPost, "/keys/rotate", `{}`, func() string { return anew })
	if n := x.text("select count(*)::text || ' ' || count(distinct substr(x_seal_address, 2, 8)) from " + x.table + " where " + anew); n != fmt.Sprintf("%d 1", sealRows) {
		t.Errorf("encrypted anew, and by how many keys: %s", n)
	}
	x.killed("opening", http.MethodPut, "/keys/fields", `{"entity":"crm.customer","field":"address","sealed":false}`, func() string { return "address <> ''" })
	if n := x.text("select count(*)::text from " + x.table + " where address = 'street ' || substr(number, 2)"); n != fmt.Sprint(sealRows) {
		t.Errorf("%s of %d are as they were", n, sealRows)
	}
	if n := x.text("select count(*)::text from information_schema.columns c where c.table_name = 'crm_customer' and c.column_name = 'x_seal_address' and (select count(*) from " +
		x.table + " where length(x_seal_address) > 0) > 0"); n != "0" {
		t.Error("ciphertexts are left")
	}
}

// killed starts a job, kills the process when some rows are done, starts another one, and waits until the job has ended.
func (x *sealing) killed(what, method, path, body string, done func() string) {
	x.t.Helper()
	job := x.ask(method, path, body)
	for i := 0; i < 20_000 && x.rows(done()) == 0; i++ {
		time.Sleep(time.Millisecond)
	}
	if err := x.s.Process.Kill(); err != nil {
		x.t.Fatal(err)
	}
	_ = x.s.Wait()
	n := x.rows(done())
	if n == 0 || n == sealRows {
		x.t.Fatalf("%s: the kill came too early or too late: %d of %d rows", what, n, sealRows)
	}
	x.t.Logf("%s: killed after %d of %d rows", what, n, sealRows)
	x.text("update river.river_job set attempted_at = attempted_at - interval '1 minute', metadata = metadata - 'alive' where id = " + job + " returning 'time passes'")
	x.s = serve(x.t, x.bin, x.data)
	x.whole(what + ", begun again")
	for range 1200 {
		if state := x.text("select state::text from river.river_job where id = " + job); state == "completed" {
			x.whole(what + ", ended")
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	x.t.Fatalf("%s: the job did not go on: %s", what, x.text("select state::text || ' ' || attempt || ' ' || metadata::text from river.river_job where id = "+job))
}

// whole reads all rows as a person does: each value is there, once.
func (x *sealing) whole(what string) {
	x.t.Helper()
	req, err := http.NewRequestWithContext(x.t.Context(), http.MethodGet, x.s.url+"/api/v1/crm/customers/export?fields=number,address", nil)
	if err != nil {
		x.t.Fatal(err)
	}
	res := x.s.ask(x.t, x.token, req)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		x.t.Fatalf("%s: the export: %d, %v", what, res.StatusCode, err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSpace(line), ",") // id, number, address
		if len(f) == 3 && strings.HasPrefix(f[1], "K") && f[2] == "street "+f[1][1:] {
			seen[f[1]] = true
		}
	}
	if len(seen) != sealRows {
		x.t.Errorf("%s: %d of %d values are as they were: %.300s", what, len(seen), sealRows, raw)
	}
}

func (x *sealing) ask(method, path, body string) (job string) {
	x.t.Helper()
	req, err := http.NewRequestWithContext(x.t.Context(), method, x.s.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	res := x.s.ask(x.t, x.token, req)
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusAccepted {
		x.t.Fatalf("%s: %d %s", path, res.StatusCode, raw)
	}
	return res.Header.Get("Location")[strings.LastIndex(res.Header.Get("Location"), "/")+1:]
}

func (x *sealing) rows(where string) (n int) {
	x.t.Helper()
	_, err := fmt.Sscan(x.text("select count(*)::text from "+x.table+" where "+where), &n)
	if err != nil {
		x.t.Fatal(err)
	}
	return n
}

// text asks the program's own database server, which outlives it.
func (x *sealing) text(query string) (out string) {
	x.t.Helper()
	read := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(x.data, "postgres", name))
		if err != nil {
			x.t.Fatal(err)
		}
		return strings.TrimSpace(string(raw))
	}
	ctx := context.WithoutCancel(x.t.Context())
	c, err := pgx.Connect(ctx, "postgres://tenon:"+read("password")+"@127.0.0.1:"+read("port")+"/tenon?sslmode=disable")
	if err != nil {
		x.t.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // nothing depends on it
	if err := c.QueryRow(ctx, query).Scan(&out); err != nil {
		x.t.Fatal(err, query)
	}
	return out
}
