package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// inFiles lists the files of the database server in which a word can be read: of tables, indexes and TOAST of this database, and the write-ahead log.
func (w *world) inFiles(t *testing.T, word string) (out []string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.app.Config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing depends on it
	if _, err := conn.Exec(t.Context(), "checkpoint"); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), `with f as (
			select c.relkind::text || ' ' || c.relname as name, pg_relation_filepath(c.oid) as path from pg_class c where c.relkind in ('r', 'i', 't', 'S', 'm') and pg_relation_filepath(c.oid) is not null
			union all select 'wal ' || name, 'pg_wal/' || name from pg_ls_waldir())
		select name from f where position(convert_to($1, 'utf8') in coalesce(pg_read_binary_file(path, 0, 67108864, true), '')) > 0 order by 1`, word)
	if err != nil {
		t.Fatal(err)
	}
	if out, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSealedValuesLieNowhereInClear writes canaries into what is kept encrypted, by every way in, and looks for them in all tables, in the files of tables
// and indexes, and in the write-ahead log. A canary in a plain field is found in all of these, or the search would prove nothing.
func TestSealedValuesLieNowhereInClear(t *testing.T) {
	w := newWorld(t)
	owner := w.signUp(t, "Clearly", "crm", "purchasing", "inventory", "finance")
	secret := func(n int) string { return fmt.Sprintf("CNRY%sx%d", owner.id[24:], n) }
	plain := "PLAIN" + owner.id[24:]
	owner.must(http.StatusAccepted, owner.do(http.MethodPut, "/keys/fields", m{"entity": "crm.customer", "field": "address", "sealed": true}))
	customer := owner.create("crm/customers", m{"name": plain, "address": secret(1)})
	vendor := owner.must(http.StatusCreated, owner.post("/purchasing/vendors", m{"name": "V", "bank_account": secret(2)}, "Idempotency-Key", "one"))
	other := owner.create("purchasing/vendors", m{"name": "W", "bank_account": secret(3)})
	at := "/purchasing/vendors/" + str(vendor, "id")
	owner.must(http.StatusOK, owner.patch(at, m{"bank_account": secret(4)}))
	owner.create("finance/bank_accounts", m{"name": "Main", "number": secret(5)})
	file := owner.must(http.StatusCreated, owner.sendFile("/attachments", "c.txt", []byte(strings.Repeat(secret(6)+" ", 100)), "entity", "purchasing.vendor", "record_id", str(vendor, "id")))
	sheet := "name,bank_account\nX," + secret(7) + "\n"
	if a := owner.sendFile("/purchasing/vendors/import", "v.csv", []byte(sheet)); a.status >= http.StatusBadRequest {
		t.Fatalf("the import: %d %s", a.status, a.raw)
	}
	owner.must(http.StatusAccepted, owner.post("/keys/rotate", nil))

	// Another field of a record with sealed ones is changed: they still open.
	owner.must(http.StatusOK, owner.patch(at, m{"name": "V2"}))
	same(t, "the vendor", owner.read("purchasing/vendors", str(vendor, "id")), m{"name": "V2", "bank_account": secret(4)})
	owner.must(http.StatusOK, owner.patch("/crm/customers/"+str(customer, "id"), m{"name": plain + " Ltd"}))
	same(t, "the customer", owner.read("crm/customers", str(customer, "id")), m{"address": secret(1)})
	if got := owner.get("/attachments/" + str(file, "id") + "/content"); !strings.Contains(got.raw, secret(6)) {
		t.Errorf("the file: %d", got.status)
	}

	all := strings.TrimSuffix(secret(0), "x0") // what they have in common
	if found := append(w.holding(t, all), w.inFiles(t, all)...); len(found) > 0 {
		t.Errorf("%s can be read in %v", all, found)
	}
	found := strings.Join(append(w.holding(t, plain), w.inFiles(t, plain)...), ", ")
	for _, want := range []string{".crm_customer ", "r crm_customer", "wal ", "audit_entry"} {
		if !strings.Contains(found, want) {
			t.Errorf("the plain canary is not found in %q, but in %s: the search proves nothing", want, found)
		}
	}

	// A ciphertext that somebody copies within the database to another row opens there no more; nor does one from another field.
	conn, err := pgx.Connect(t.Context(), w.app.Config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing depends on it
	schema := pgx.Identifier{w.tenant(t, "Clearly").Schema}.Sanitize()
	for what, from := range map[string]string{
		"row":   "(select bank_account from " + schema + ".vendor where id = '" + str(other, "id") + "')",
		"field": "(select number from " + schema + ".finance_bank_account limit 1)",
	} {
		if _, err := conn.Exec(t.Context(), "update "+schema+".vendor set bank_account = "+from+" where id = '"+str(vendor, "id")+"'"); err != nil {
			t.Fatal(err)
		}
		got := owner.read("purchasing/vendors", str(vendor, "id"))
		if missing, _ := got["_unavailable"].(m); got["bank_account"] != nil || missing["bank_account"] == nil {
			t.Errorf("copied from another %s: %v", what, got)
		}
	}
}
