package app_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/archive/archivetest"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// counted counts what is asked of a store, and can be away.
type counted struct {
	archive.Store

	parts atomic.Int64
	away  atomic.Bool
}

func (c *counted) Part(ctx context.Context, name string, from, size int64) (io.ReadCloser, error) {
	c.parts.Add(1)
	if c.away.Load() {
		return nil, errors.New("away")
	}
	return c.Store.Part(ctx, name, from, size)
}

func (c *counted) Put(ctx context.Context, name string, content io.Reader) error {
	if c.away.Load() {
		return errors.New("away")
	}
	return c.Store.Put(ctx, name, content)
}

// names lists the store, and fails when their number is another.
func (c *counted) names(t *testing.T, what string, want int) []string {
	t.Helper()
	list, err := c.List(t.Context())
	if err != nil || len(list) != want {
		t.Fatalf("%s: the store holds %q, not %d, %v", what, list, want, err)
	}
	return list
}

func (c *counted) read(t *testing.T, name string) []byte {
	t.Helper()
	in, err := c.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	raw, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// stores are a folder and a bucket.
func stores(t *testing.T, fn func(t *testing.T, store *counted)) {
	t.Helper()
	aside(t)
	t.Run("folder", func(t *testing.T) { fn(t, &counted{Store: archive.Folder(t.TempDir())}) })
	t.Run("s3", func(t *testing.T) { fn(t, &counted{Store: archivetest.New(t).Store(t)}) })
}

// sweep does what is done now and then.
func (w *world) sweep(t *testing.T, kept time.Duration) {
	t.Helper()
	if err := w.app.Engine.SweepStrays(t.Context()); err != nil {
		t.Error(err)
	}
	if err := w.app.Engine.SweepFiles(t.Context(), kept); err != nil {
		t.Error(err)
	}
	if err := w.app.Engine.SweepShelf(t.Context(), kept); err != nil {
		t.Error(err)
	}
}

// Files in a store lie there sealed, are read in parts, and leave nothing behind: refused, repeated, given up, deleted, or of a company that is gone.
func TestFilesInAStore(t *testing.T) {
	stores(t, func(t *testing.T, store *counted) {
		w := worldWith(t, app.Config{DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Files: store})
		owner := w.signUp(t, "Files")
		buyer := owner.hire("bob", "buyer")
		lead := owner.create("crm/leads", m{"name": "L"})
		on := []string{"entity", "crm.lead", "record_id", str(lead, "id")}
		content := bytes.Repeat([]byte("CANARY of a file, "), 200_000) // 3.6 MB: four pieces
		a := owner.must(http.StatusCreated, owner.sendFile("/attachments", "a.txt", content, on...))
		path := "/attachments/" + str(a, "id") + "/content"
		name := store.names(t, "one file", 1)[0]
		raw := store.read(t, name)
		if !strings.HasPrefix(name, w.tenant(t, "Files").ID.String()+"/") || len(raw) != len(content)+4*16 || bytes.Contains(raw, []byte("CANARY")) {
			t.Errorf("%s holds %d bytes", name, len(raw))
		}
		if got := owner.get(path); got.status != http.StatusOK || got.raw != string(content) {
			t.Fatalf("%d, %d bytes", got.status, len(got.raw))
		}
		for _, x := range []struct {
			ask      string
			from, to int
			fetched  int64
		}{{"bytes=1048570-1048589", 1048570, 1048590, 2}, {"bytes=10-19", 10, 20, 1}, {"bytes=-7", len(content) - 7, len(content), 2}, {"bytes=3145728-", 3145728, len(content), 1}} {
			before := store.parts.Load()
			part := owner.do(http.MethodGet, path, nil, "Range", x.ask)
			if part.status != http.StatusPartialContent || part.raw != string(content[x.from:x.to]) || store.parts.Load()-before > x.fetched {
				t.Errorf("%s: %d, %d bytes, %d pieces", x.ask, part.status, len(part.raw), store.parts.Load()-before)
			}
		}
		err := w.app.Engine.Do(t.Context(), w.tenant(t, "Files"), tenancy.Actor{System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
			if n, err := record.Stored(ctx, tx); err != nil || n != int64(len(content)) {
				t.Errorf("%d bytes are counted, %v", n, err)
			}
			return nil
		}, tenancy.ReadOnly())
		if err != nil {
			t.Error(err)
		}

		// What comes to nothing leaves nothing.
		buyer.refused("a file on a lead", buyer.sendFile("/attachments", "x", []byte("x"), on...), http.StatusBadRequest, "fields.invalid")
		store.names(t, "refused", 1)
		store.away.Store(true)
		owner.refused("the store is away", owner.get(path), http.StatusServiceUnavailable, "files.unavailable")
		owner.refused("the store is away", owner.sendFile("/attachments", "x", []byte("x"), on...), http.StatusServiceUnavailable, "files.unavailable")
		store.away.Store(false)

		// An object opens for no other file, and not when it was altered or cut.
		b := owner.must(http.StatusCreated, owner.sendFile("/attachments", "b.txt", content, on...))
		for _, other := range store.names(t, "two files", 2) {
			if other == name {
				continue
			}
			was := store.read(t, other)
			flipped := bytes.Clone(was)
			flipped[1<<20+100] ^= 1
			for what, bad := range map[string][]byte{"another file's": raw, "altered": flipped, "cut": was[:len(was)-1], "swapped pieces": append(bytes.Clone(was[1<<20+16:2*(1<<20+16)]), was[1<<20+16:]...)} {
				if err := store.Store.Put(t.Context(), other, bytes.NewReader(bad)); err != nil {
					t.Fatal(err)
				}
				if got, err := owner.send(t.Context(), http.MethodGet, "/attachments/"+str(b, "id")+"/content", nil); err == nil && got.raw == string(content) {
					t.Errorf("%s content is shown: %d", what, got.status)
				}
			}
			if err := store.Store.Put(t.Context(), other, bytes.NewReader(was)); err != nil {
				t.Fatal(err)
			}
		}

		// Deleted: not to be had at once, and gone from the store some time later.
		owner.must(http.StatusNoContent, owner.do(http.MethodDelete, "/attachments/"+str(a, "id"), nil))
		w.sweep(t, time.Hour)
		store.names(t, "deleted just now", 2)
		w.sweep(t, 0)
		store.names(t, "deleted", 1)
		if _, err := w.app.Engine.Shelve(t.Context(), w.tenant(t, "Files"), strings.NewReader("given up"), 8); err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"018f0000-0000-7000-8000-000000000000/anothers", "readme.txt"} { // of another installation, of no one
			if err := store.Store.Put(t.Context(), n, strings.NewReader("x")); err != nil {
				t.Fatal(err)
			}
		}
		w.sweep(t, time.Hour)
		store.names(t, "younger than an hour", 4)
		w.sweep(t, 0)
		store.names(t, "a file, and two that are not ours", 3)
		owner.must(http.StatusNoContent, owner.do(http.MethodDelete, "/crm/leads/"+str(lead, "id"), nil))
		w.sweep(t, 0)
		store.names(t, "its record is deleted", 2)

		lead = owner.create("crm/leads", m{"name": "M"})
		owner.must(http.StatusCreated, owner.sendFile("/attachments", "c.txt", content, "entity", "crm.lead", "record_id", str(lead, "id")))
		if err := w.app.DB.Delete(t.Context(), w.tenant(t, "Files").ID); err != nil {
			t.Fatal(err)
		}
		w.sweep(t, time.Hour)
		store.names(t, "the company was just deleted", 3)
		w.sweep(t, 0)
		store.names(t, "the company is deleted", 2)
	})
}

// A request that is repeated stores nothing twice.
func TestFilesInAStoreOnce(t *testing.T) {
	aside(t)
	store := &counted{Store: archive.Folder(t.TempDir())}
	w := worldWith(t, app.Config{DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Files: store})
	owner := w.signUp(t, "Once")
	lead := owner.create("crm/leads", m{"name": "L"})
	body, kind := form(t, "a.txt", []byte("content"), "entity", "crm.lead", "record_id", str(lead, "id"))
	for range 3 {
		owner.must(http.StatusCreated, owner.do(http.MethodPost, "/attachments", body, "Content-Type", kind, "Idempotency-Key", "one"))
	}
	store.names(t, "sent three times", 1)
}

// Files move to a store when there is one, go into a backup and an export from wherever they lie, and come back wherever files lie there.
func TestFilesMoveAndAreBackedUp(t *testing.T) {
	stores(t, func(t *testing.T, store *counted) {
		database, data := tenancytest.Database(t), t.TempDir()
		w := worldWith(t, app.Config{DatabaseURL: database, Data: data})
		l := newLived(t, w, "Harbour")
		with := worldWith(t, app.Config{DatabaseURL: database, Data: data, Files: store})
		owner := l.owner
		owner.w = with
		l.there(t, owner)
		with.sweep(t, 0)
		store.names(t, "moved", 1)
		before := store.parts.Load()
		l.there(t, owner)
		if store.parts.Load() == before {
			t.Error("the file still lies in the database")
		}

		kept := archive.Folder(t.TempDir())
		b, err := with.app.Backup(t.Context(), kept, nil)
		if err != nil {
			t.Fatal(err)
		}
		secretless(t, string(kept), "CNRY", "Harbour")
		err = with.app.VerifyBackup(t.Context(), kept, b.Entries, func(r *app.Trial) {
			if len(r.Findings) > 0 {
				t.Errorf("%+v", r)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := with.app.Restore(t.Context(), kept, b.Entries[0], app.Copy{Beside: true, Name: "Harbour before"}); err != nil {
			t.Fatal(err)
		}
		copied := with.login(t, l.owner.email, "Harbour before")
		l.there(t, copied)
		with.sweep(t, 0)
		store.names(t, "the copy's file too", 2)
		l.there(t, copied)

		// Elsewhere files lie in the database.
		key, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		var moved bytes.Buffer
		if _, _, err := with.app.Export(t.Context(), &moved, with.tenant(t, "Harbour"), key.Recipient()); err != nil {
			t.Fatal(err)
		}
		there := worldAt(t, tenancytest.Database(t))
		if _, err := there.app.Import(t.Context(), &moved, app.Copy{Keys: []age.Identity{key}}); err != nil {
			t.Fatal(err)
		}
		l.there(t, there.login(t, l.owner.email, "Harbour"))

		// A backup that lacks a file is none.
		for _, name := range store.names(t, "two", 2) {
			if err := store.Remove(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := with.app.Backup(t.Context(), kept, nil); err == nil || !strings.Contains(err.Error(), "outside of the database") {
			t.Errorf("a backup without its files: %v", err)
		}
	})
}
