package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// byKeys tells by how many data keys the values of a column are sealed, and how many there are.
func (w *world) byKeys(t *testing.T, company, column, from string) (byKeys, values int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.app.Config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing depends on it
	err = conn.QueryRow(t.Context(), "select count(distinct substr("+column+", 2, 8)), count("+column+") from "+pgx.Identifier{w.tenant(t, company).Schema}.Sanitize()+"."+from).Scan(&byKeys, &values)
	if err != nil {
		t.Fatal(err)
	}
	return byKeys, values
}

// keyOfPeople names the data key that wraps the keys of people.
func (w *world) keyOfPeople(t *testing.T, company string) (key string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.app.Config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing depends on it
	err = conn.QueryRow(t.Context(), "select min(encode(substr(wrapped, 2, 8), 'hex')) from "+pgx.Identifier{w.tenant(t, company).Schema}.Sanitize()+".person_key").Scan(&key)
	if err != nil || key == "" {
		t.Fatal(key, err)
	}
	return key
}

// jobEnds waits until a job has ended.
func (p person) jobEnds(job any) {
	p.t.Helper()
	for range 600 {
		j := p.must(http.StatusOK, p.get(fmt.Sprintf("/jobs/%.0f", job)))
		switch j["state"] {
		case "done", "completed":
			return
		case "failed", "cancelled", "discarded":
			p.t.Fatalf("the job: %v", j)
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatal("the job did not end")
}

// A rotation seals the keys of people, the keys of files and the files in the database with the newest key too; all still open, also in a backup of before.
func TestRotationRewrapsPeopleAndFiles(t *testing.T) {
	stores(t, func(t *testing.T, store *counted) {
		database, data := tenancytest.Database(t), t.TempDir()
		inside := worldWith(t, app.Config{DatabaseURL: database, Data: data, Workers: true}) // it has no store, so no file moves there
		_, stop, err := inside.app.Start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := stop(context.WithoutCancel(t.Context())); err != nil {
				t.Log(err)
			}
		})
		owner := inside.signUp(t, "Turning", "crm")
		lead := owner.create("crm/leads", m{"name": "Cnryada", "email": "ada@example.org"})
		content := bytes.Repeat([]byte("a file of some pieces "), 300_000) // 6.6 MB
		on := []string{"entity", "crm.lead", "record_id", str(lead, "id")}
		a := owner.must(http.StatusCreated, owner.sendFile("/attachments", "a.txt", content, on...))
		w := worldWith(t, app.Config{DatabaseURL: database, Data: data, Files: store})
		outside := owner
		outside.w = w
		b := outside.must(http.StatusCreated, outside.sendFile("/attachments", "b.txt", content, on...))
		kept := archive.Folder(t.TempDir())
		before, err := w.app.Backup(t.Context(), kept, nil)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string) {
			t.Helper()
			for _, x := range []struct{ column, from string }{{"wrapped", "person_key where gone_at is null"}, {"cipher", "file_object"}, {"content", "file_piece"}} {
				if by, n := w.byKeys(t, "Turning", x.column, x.from); by != 1 || n == 0 {
					t.Errorf("%s: %d values of %s by %d keys", what, n, x.from, by)
				}
			}
			for _, f := range []m{a, b} {
				if got := outside.get("/attachments/" + str(f, "id") + "/content"); got.raw != string(content) {
					t.Errorf("%s: a file: %d, %d bytes", what, got.status, len(got.raw))
				}
			}
			if h := outside.get("/crm/leads/" + str(lead, "id") + "/history"); !bytes.Contains([]byte(h.raw), []byte("Cnryada")) {
				t.Errorf("%s: the history: %s", what, h.raw)
			}
		}
		was := w.keyOfPeople(t, "Turning")
		outside.jobEnds(outside.must(http.StatusAccepted, outside.post("/keys/rotate", nil))["job"])
		check("rotated")
		if w.keyOfPeople(t, "Turning") == was {
			t.Error("the keys of people are wrapped as before")
		}
		if _, err := w.app.Restore(context.WithoutCancel(t.Context()), kept, before.Entries[0], app.Copy{Beside: true, Name: "Turning before"}); err != nil {
			t.Error(err)
		}
	})
}
