package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/id"
)

// lived is a company with a past: orders, stock and books, a file, sealed values, a field of its own.
type lived struct {
	owner           person
	file            string
	vendor, account string
	then            string // when the vendor was made, with the account's first value
	content         []byte
}

func newLived(t *testing.T, w *world, name string) *lived {
	t.Helper()
	walk := &walker{company: newCompany(t, w, name), t: t, dice: rand.New(rand.NewPCG(3, 7))}
	walk.company.stock(walk.steel, "1500", "9.333333")
	for range 15 {
		walk.step()
	}
	l := &lived{owner: walk.owner, account: "6222 0210 CNRY 2345 678", content: bytes.Repeat([]byte("CNRY of a file\t\\n\n"), 70_000)}
	v := l.owner.create("purchasing/vendors", m{"name": "招商\tSteel \\N", "bank_account": l.account})
	l.vendor, l.then = str(v, "id"), str(v, "created_at")
	l.owner.must(http.StatusOK, l.owner.patch("/purchasing/vendors/"+l.vendor, m{"bank_account": l.account + " 9"}))
	l.account += " 9"
	l.owner.must(http.StatusCreated, l.owner.post("/own_fields", m{"entity": "purchasing.vendor", "name": "x_grade", "kind": "text", "label_zh": "等级", "label_en": "Grade"}))
	l.owner.must(http.StatusOK, l.owner.patch("/purchasing/vendors/"+l.vendor, m{"x_grade": "A\n1"}))
	a := l.owner.must(http.StatusCreated, l.owner.sendFile("/attachments", "c.txt", l.content, "entity", "purchasing.vendor", "record_id", l.vendor))
	l.file = "/attachments/" + str(a, "id") + "/content"
	return l
}

// there checks that everything came along.
func (l *lived) there(t *testing.T, p person) {
	t.Helper()
	v := p.read("purchasing/vendors", l.vendor)
	same(t, "the vendor", v, m{"name": "招商\tSteel \\N", "bank_account": l.account, "x_grade": "A\n1"})
	if got := p.get(l.file); got.status != http.StatusOK || got.raw != string(l.content) {
		t.Errorf("the file: %d, %d bytes", got.status, len(got.raw))
	}
	h := p.get("/purchasing/vendors/" + l.vendor + "/history")
	was := `"before":"` + strings.TrimSuffix(l.account, " 9") + `","after":"` + l.account + `"`
	if strings.Count(h.raw, `"record":`) != 3 || !strings.Contains(h.raw, "x_grade") || !strings.Contains(h.raw, was) || strings.Contains(h.raw, "_unavailable") {
		t.Errorf("the history: %s", h.raw)
	}
	if then := p.get("/purchasing/vendors/" + l.vendor + "?as_of=" + url.QueryEscape(l.then)); !strings.Contains(then.raw, `"bank_account":"`+strings.TrimSuffix(l.account, " 9")+`"`) {
		t.Errorf("as it was: %s", then.raw)
	}
}

// login enters a company by its name.
func (w *world) login(t *testing.T, email, company string) person {
	t.Helper()
	p := person{w: w, t: t, email: email}
	out := p.must(http.StatusOK, p.post("/login", m{"email": email, "password": "correct horse battery", "token": true, "workspace": w.tenant(t, company).ID.String()}))
	p.token, _ = out["token"].(string)
	return p
}

// TestBackupAndRestore backs up, restores beside the first and in its place, and tries what must fail: other keys, altered bytes, a missing end.
func TestBackupAndRestore(t *testing.T) {
	w := newWorld(t)
	l := newLived(t, w, "Harbour")
	other := w.signUp(t, "Quay", "crm")
	other.create("crm/customers", m{"name": "Northwind"})
	store := archive.Folder(t.TempDir())
	b, err := w.app.Backup(t.Context(), store, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Entries) != 2 || !b.Whole || b.Size() == 0 {
		t.Fatalf("%+v", b)
	}
	secretless(t, string(store), "CNRY", "Harbour", "招商")
	n := 0
	err = w.app.VerifyBackup(t.Context(), store, b.Entries, func(r *app.Trial) {
		n++
		if len(r.Findings) > 0 || r.Rows == 0 {
			t.Errorf("%+v", r)
		}
	})
	if err != nil || n != 2 {
		t.Fatalf("%d verified: %v", n, err)
	}

	first := w.tenant(t, "Harbour")
	e, _ := b.Entry(first.ID)
	if _, err := w.app.Restore(t.Context(), store, e, app.Copy{}); err == nil || !strings.Contains(err.Error(), first.ID.String()) {
		t.Errorf("over a tenant that is there: %v", err)
	}
	r, err := w.app.Restore(t.Context(), store, e, app.Copy{Beside: true, Name: "Harbour before"})
	if err != nil {
		t.Fatal(err)
	}
	if r.Tenant.ID == first.ID || r.Last.Rows() != e.Rows {
		t.Errorf("%+v", r.Tenant)
	}
	l.there(t, w.login(t, l.owner.email, "Harbour before"))
	l.there(t, l.owner)

	if err := w.app.DB.Delete(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.app.Restore(t.Context(), store, e, app.Copy{}); err != nil {
		t.Fatal(err)
	}
	again := w.login(t, l.owner.email, "Harbour")
	l.there(t, again)
	again.create("crm/customers", m{"name": "After the restore"})

	path := filepath.Join(string(store), filepath.FromSlash(e.File))
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"altered": append(append(append([]byte{}, raw[:len(raw)/2]...), raw[len(raw)/2]^1), raw[len(raw)/2+1:]...), "cut short": raw[:len(raw)*3/4], "empty": nil,
	} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := w.app.Restore(t.Context(), store, e, app.Copy{Beside: true, Name: "Bad"}); err == nil {
			t.Errorf("an archive that is %s was restored", name)
		}
	}
	list, err := w.app.DB.List(t.Context())
	if err != nil || len(list) != 3 {
		t.Errorf("%d tenants: %v", len(list), err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newWorld(t).app.Restore(t.Context(), store, e, app.Copy{}); !errors.Is(err, archive.ErrShut) {
		t.Errorf("with another installation's keys: %v", err)
	}
}

// secretless fails when a word stands readable in any file of a folder.
func secretless(t *testing.T, folder string, words ...string) {
	t.Helper()
	if err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, word := range words {
			if bytes.Contains(raw, []byte(word)) {
				t.Errorf("%s can be read in %s", word, path)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestRoundTrip moves a company out to another installation and back: rows, files, figures and what is sealed are the same.
func TestRoundTrip(t *testing.T) {
	saas, private := newWorld(t), newWorld(t)
	l := newLived(t, saas, "Mover")
	tenant := saas.tenant(t, "Mover")
	out, first := move(t, saas, private, tenant.ID, tenant.ID)
	if first.Tenant.ID != tenant.ID {
		t.Error("the tenant has another id")
	}
	if err := saas.app.DB.Delete(t.Context(), tenant.ID); err != nil {
		t.Fatal(err)
	}
	back, second := move(t, private, saas, tenant.ID, tenant.ID)
	for _, w := range []*world{private, saas} { // a login is an entry of the audit, so it comes after the copies
		l.there(t, w.login(t, l.owner.email, "Mover"))
	}
	if diff := cmp.Diff(counts(out), counts(back)); diff != "" {
		t.Errorf("the tables differ (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(out.Figures, back.Figures); diff != "" || len(out.Figures) < 4 {
		t.Errorf("the figures differ:\n%s", diff)
	}
	if diff := cmp.Diff(first.Before, second.Before); diff != "" {
		t.Errorf("the figures there and here differ:\n%s", diff)
	}
}

// move exports a company for the holder of a key and imports it elsewhere.
func move(t *testing.T, from, to *world, source, want id.ID) (*archive.Manifest, *archive.Restored) {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	tenant, err := from.app.DB.Tenant(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, last, err := from.app.Export(t.Context(), &b, tenant, key.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.app.Import(t.Context(), bytes.NewReader(b.Bytes()), app.Copy{}); !errors.Is(err, archive.ErrShut) {
		t.Errorf("without the key: %v", err)
	}
	r, err := to.app.Import(t.Context(), bytes.NewReader(b.Bytes()), app.Copy{Keys: []age.Identity{key}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Tenant.ID != want {
		t.Errorf("the tenant is %s", r.Tenant.ID)
	}
	return last, r
}

// counts are the tables that a move leaves as they are. The audit grows by the move itself, and its chain behind the writes.
func counts(x *archive.Manifest) map[string]string {
	out := map[string]string{}
	for _, c := range x.Tables {
		if slices.Contains([]string{"audit_entry", "audit_head", "audit_link", "audit_checkpoint"}, c.Table) {
			continue
		}
		out[c.Table] = fmt.Sprint(c.Rows, " ", c.Sum)
	}
	return out
}

// TestRehearse upgrades a copy and says that nothing changed; a figure that an upgrade changes is told.
func TestRehearse(t *testing.T) {
	w := newWorld(t)
	newLived(t, w, "Trial")
	r, err := w.app.Rehearse(t.Context(), w.tenant(t, "Trial"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Changes)+len(r.Findings) > 0 || r.Rows == 0 {
		raw, _ := json.Marshal(r)
		t.Errorf("%s", raw)
	}
	rows := 0
	if err := w.app.Jobs.QueryRow(context.WithoutCancel(t.Context()), `select count(*) from pg_database where datname like 'tenon\_scratch\_%'`).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	if rows != 0 {
		t.Errorf("%d scratch databases are left", rows)
	}
}
