package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/keys"
)

// holding lists the tables of the whole database in which a word can be read.
func (w *world) holding(t *testing.T, word string) (out []string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.app.Config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing depends on it
	rows, err := conn.Query(t.Context(), `select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		n := 0
		if err := conn.QueryRow(t.Context(), "select count(*) from "+table+" x where x::text ilike '%' || $1 || '%' or x::text ilike '%' || encode(convert_to($1, 'utf8'), 'hex') || '%'", word).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			out = append(out, fmt.Sprint(table, " ", n))
		}
	}
	return out
}

// inside opens an archive of a backup as far as this installation's keys go and returns its bytes.
func (w *world) inside(t *testing.T, store archive.Folder, e archive.Entry) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(string(store), filepath.FromSlash(e.File)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	plain, err := age.Decrypt(f, archive.Here(t.Context(), w.app.Keys))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(plain)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestAPersonIsShredded follows a contact and a colleague from their records over the history, the audit and a backup to their deletion, after which they
// are nowhere, while others are found, sorted and remembered as before; and a restore of the older backup does not bring them back.
func TestAPersonIsShredded(t *testing.T) {
	w := newWorld(t)
	owner := w.signUp(t, "Erasure", "crm")
	sally := owner.hire("cnrysally", "sales")
	customer := sally.create("crm/customers", m{"name": "Northwind"})
	ada := sally.create("crm/contacts", m{
		"customer_id": customer["id"], "name": "Cnryada Lovelace", "phone": "139-cnryada", "email": "cnryada@example.org", "note": "cnryada likes tea",
	})
	charles := sally.create("crm/contacts", m{"customer_id": customer["id"], "name": "Charles Babbage", "email": "charles@example.org"})
	at := "/crm/contacts/" + str(ada, "id")
	sally.must(http.StatusOK, sally.patch(at, m{"phone": "140-cnryada"}))
	moment := time.Now().UTC().Format(time.RFC3339Nano)
	if h := sally.get(at + "/history").raw; strings.Count(h, "139-cnryada") != 2 || !strings.Contains(h, "Cnryada Lovelace") {
		t.Errorf("the history does not tell: %s", h)
	}
	same(t, "the contact then", sally.must(http.StatusOK, sally.get(at+"?as_of="+moment)), m{"phone": "140-cnryada", "name": "Cnryada Lovelace"})
	if found := sally.list("crm/contacts", "q=cnryada&sort=name"); len(found) != 1 {
		t.Errorf("%d found by name", len(found))
	}
	for _, table := range w.holding(t, "cnryada") {
		if !strings.Contains(table, "crm_contact") && !strings.Contains(table, "idempotency_key") {
			t.Errorf("%s holds the person in clear", table)
		}
	}

	store := archive.Folder(t.TempDir())
	b, err := w.app.Backup(t.Context(), store, nil)
	if err != nil {
		t.Fatal(err)
	}
	tenant := w.tenant(t, "Erasure")
	e, _ := b.Entry(tenant.ID)
	raw := w.inside(t, store, e)
	for _, word := range []string{"cnryada", "Babbage", "cnrysally"} {
		if bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(word))) {
			t.Errorf("%s can be read within a backup", word)
		}
	}
	if !bytes.Contains(raw, []byte("Northwind")) {
		t.Error("the backup does not hold what it should: nothing is proven")
	}

	// The request, then the deed.
	sally.refused("a request", sally.post("/keys/deletions", m{"entity": "crm.contact", "record_id": ada["id"], "reason": "asked"}), http.StatusForbidden, "audit.denied")
	owner.refused("no person", owner.post("/keys/deletions", m{"entity": "crm.stage", "record_id": customer["id"], "reason": "asked"}), http.StatusBadRequest, "fields.invalid")
	owner.refused("nobody", owner.post("/keys/deletions", m{"entity": "crm.contact", "record_id": customer["id"], "reason": "asked"}), http.StatusNotFound, "record.not_found")
	ask := func(entity, key string) string {
		d := owner.must(http.StatusCreated, owner.post("/keys/deletions", m{"entity": entity, "record_id": key, "reason": "asked by letter"}))
		same(t, "the request", d, m{"state": "requested", "key": true})
		return "/keys/deletions/" + str(d, "id")
	}
	request := ask("crm.contact", str(ada, "id"))
	if d := owner.must(http.StatusOK, owner.get(request)); len(objects(d["fields"])) != 4 || d["audit_entries"] != 2.0 {
		t.Errorf("what it would do: %v", d)
	}
	owner.refused("twice", owner.post("/keys/deletions", m{"entity": "crm.contact", "record_id": ada["id"], "reason": "again"}), http.StatusConflict, "person.asked")
	owner.must(http.StatusOK, owner.post(request+"/withdraw", nil))
	owner.refused("withdrawn", owner.post(request+"/carry_out", nil), http.StatusConflict, "deletion.ended")
	request = ask("crm.contact", str(ada, "id"))
	same(t, "the deed", owner.must(http.StatusOK, owner.post(request+"/carry_out", nil)), m{"state": "done", "key": false})
	colleague := ask("user", sally.id)
	owner.refused("somebody at work", owner.post(colleague+"/carry_out", nil), http.StatusUnprocessableEntity, "deletion.active")
	owner.must(http.StatusOK, owner.patch("/users/"+sally.id, m{"active": false}))
	owner.must(http.StatusOK, owner.post(colleague+"/carry_out", nil))

	for _, word := range []string{"cnryada", "cnrysally"} {
		if left := w.holding(t, word); len(left) > 0 {
			t.Errorf("%s is left in %v", word, left)
		}
	}
	if a := (person{w: w, t: t}).post("/login", m{"email": sally.email, "password": "correct horse battery", "token": true}); a.status != http.StatusUnauthorized {
		t.Errorf("who was shredded comes in: %d", a.status)
	}
	gone := func(what string, p person) {
		t.Helper()
		same(t, what, p.read("crm/contacts", str(ada, "id")), m{"name": "(erased)", "phone": "", "email": "", "note": "", "customer_id": customer["id"]})
		h := p.must(http.StatusOK, p.get(at+"/history"))
		if raw := p.get(at + "/history").raw; strings.Contains(strings.ToLower(raw), "cnryada") || !strings.Contains(raw, `"_erased":["`) {
			t.Errorf("%s: the history: %v", what, h)
		}
		if then := p.get(at + "?as_of=" + moment); then.status != http.StatusOK || strings.Contains(then.raw, "cnryada") || !strings.Contains(then.raw, `"_erased"`) {
			t.Errorf("%s: then: %d %s", what, then.status, then.raw)
		}
		if found := p.list("crm/contacts", "q=babbage&sort=-name"); len(found) != 1 || found[0]["email"] != "charles@example.org" {
			t.Errorf("%s: others: %v", what, found)
		}
		if h := p.get("/crm/contacts/" + str(charles, "id") + "/history"); !strings.Contains(h.raw, "Charles Babbage") {
			t.Errorf("%s: the history of somebody else: %s", what, h.raw)
		}
		if v := p.must(http.StatusOK, p.get("/audit/verify")); v["ok"] == false {
			t.Errorf("%s: the chain: %v", what, v)
		}
	}
	gone("after the deed", owner)

	// Copies of before, restored: beside, and in its place.
	r, err := w.app.Restore(t.Context(), store, e, app.Copy{Beside: true, Name: "Erasure before"})
	if err != nil {
		t.Fatal(err)
	}
	gone("a copy beside", w.login(t, owner.email, r.Tenant.Name))
	if err := w.app.DB.Delete(t.Context(), tenant.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.app.Restore(t.Context(), store, e, app.Copy{}); err != nil {
		t.Fatal(err)
	}
	gone("a copy in its place", w.login(t, owner.email, "Erasure"))
	for _, word := range []string{"cnryada", "cnrysally"} {
		if left := w.holding(t, word); len(left) > 0 {
			t.Errorf("%s came back in %v", word, left)
		}
	}
}

// TestATenantsKeyIsShredded closes a company: nothing happens before the days are over and two people have agreed; then its key is gone, the certificate
// lists what does not open any more, and a backup made before opens nowhere.
func TestATenantsKeyIsShredded(t *testing.T) {
	w, clock := payingWorld(t, time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), app.Billing{})
	boss := w.signUp(t, "Operator", "crm")
	if err := w.app.Billing.Appoint(t.Context(), boss.email, true, "test"); err != nil {
		t.Fatal(err)
	}
	owner := w.signUp(t, "Ending", "crm", "purchasing", "inventory")
	mate := owner.hire("mate", "security_officer")
	owner.create("purchasing/vendors", m{"name": "Steel", "bank_account": "6222 0210"})
	store := archive.Folder(t.TempDir())
	b, err := w.app.Backup(t.Context(), store, nil)
	if err != nil {
		t.Fatal(err)
	}
	tenant := w.tenant(t, "Ending")
	yes := m{"confirm": "Ending"}
	owner.refused("before it is asked for", owner.post("/keys/closing/consent", yes), http.StatusConflict, "closing.none")
	owner.must(http.StatusOK, owner.post("/billing/close", yes))
	owner.refused("not meant", owner.post("/keys/closing/consent", m{"confirm": "ending"}), http.StatusBadRequest, "fields.invalid")
	for range 2 { // the same person counts once
		same(t, "the first consent", owner.must(http.StatusOK, owner.post("/keys/closing/consent", yes)), m{"closing": true, "agreed": true, "needed": 2})
	}
	clock.move(31 * 24 * time.Hour)
	w.tick(t)
	mate = mate.again()
	state := mate.must(http.StatusOK, mate.get("/keys/closing"))
	if len(objects(state["consents"])) != 1 || state["agreed"] != false {
		t.Fatalf("one has agreed: %v", state)
	}
	mate.must(http.StatusOK, mate.post("/keys/closing/consent", yes))
	same(t, "taken back", mate.must(http.StatusOK, mate.do(http.MethodDelete, "/keys/closing/consent", nil)), m{"agreed": false})
	w.tick(t)
	mate.must(http.StatusOK, mate.post("/keys/closing/consent", yes))
	w.tick(t)
	if list, err := w.app.DB.List(t.Context()); err != nil || len(list) != 1 {
		t.Fatalf("the company is still there: %v %v", list, err)
	}
	boss = boss.again()
	listed := objects(boss.must(http.StatusOK, boss.get("/operator/certificates"))["data"])
	if len(listed) != 1 || listed[0]["company"] != "Ending" {
		t.Fatalf("%v", listed)
	}
	raw := (person{w: w, t: t}).get("/certificates/" + str(listed[0], "id")).raw
	c, err := keys.VerifyCertificate([]byte(raw), str(state, "certificate_key"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, x := range c.Tried {
		kinds[x.What]++
		if !x.Before || x.After || x.Why == "" || x.SHA256 == "" {
			t.Errorf("%+v", x)
		}
	}
	if kinds["value"] == 0 || kinds["data_key"] != 3 || kinds["person_key"] == 0 || kinds["archive"] != 1 || len(c.Consents) != 2 {
		t.Errorf("%v %v", kinds, c.Consents)
	}
	if _, err := keys.VerifyCertificate([]byte(strings.Replace(raw, "Ending", "Ended!", 1)), ""); err == nil {
		t.Error("an altered certificate is taken")
	}
	e, _ := b.Entry(tenant.ID)
	for name, at := range map[string]*world{"here": w, "elsewhere": newWorld(t)} {
		if _, err := at.app.Restore(t.Context(), store, e, app.Copy{}); err == nil || !strings.Contains(err.Error(), archive.ErrShut.Error()) {
			t.Errorf("its backup, %s: %v", name, err)
		}
	}
	if kept, _ := b.Entry(w.tenant(t, "Operator").ID); kept.File != "" {
		if _, err := w.app.Restore(t.Context(), store, kept, app.Copy{Beside: true, Name: "Another"}); err != nil {
			t.Errorf("another company's backup: %v", err)
		}
	}
}
