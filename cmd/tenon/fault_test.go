package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/faultpoint"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// everyPoint kills at each point instead of a sample: go test ./cmd/tenon -run Killed -every-point.
var everyPoint = flag.Bool("every-point", false, "kill at every fault point, not only at a sample of them")

type m = map[string]any

// mill is a company whose tenon is killed and started again. The test looks at the same database from outside.
type mill struct {
	*serving

	t        *testing.T
	bin, url string // of the binary with fault points, and of the database
	data     string // the folder of its keys, which outlives it
	token    string
	db       *pgx.Conn
	app      *app.App
}

func newMill(t *testing.T) *mill {
	t.Helper()
	x := &mill{t: t, bin: filepath.Join(t.TempDir(), "tenon"), url: tenancytest.Database(t), data: t.TempDir()}
	if text, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "fault", "-o", x.bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	x.start()
	out := x.must(http.StatusCreated, "/signup", m{"company": "Mill", "name": "Max", "email": "max@example.com", "password": "correct horse battery", "token": true})
	x.token, _ = out["token"].(string)
	var err error
	if x.db, err = pgx.Connect(t.Context(), x.url); err != nil {
		t.Fatal(err)
	}
	if x.app, err = app.Open(t.Context(), app.Config{DatabaseURL: x.url, Data: x.data, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = x.app.Close(context.WithoutCancel(t.Context()))
		_ = x.db.Close(context.WithoutCancel(t.Context()))
	})
	return x
}

// start runs a fresh process on the database.
func (x *mill) start() {
	x.t.Helper()
	s := &serving{Cmd: exec.CommandContext(context.WithoutCancel(x.t.Context()), x.bin, "serve", "--data", x.data, "--listen", "127.0.0.1:0", "--jobs=false")}
	s.Env = append(os.Environ(), "DATABASE_URL="+x.url, "TENON_PRODUCTION=")
	x.serving = s
	s.launch(x.t)
	if x.token != "" { // its first request opens pools: the next one's only commit is its own
		if status, _, _, err := x.send("/sales/orders/00000000-0000-7000-8000-000000000001/confirm", nil); err != nil || status != http.StatusNotFound {
			x.t.Fatalf("the first request: %d %v", status, err)
		}
	}
}

// send posts with headers; an error means that there was no answer.
func (x *mill) send(path string, in m, headers ...string) (int, m, http.Header, error) {
	x.t.Helper()
	raw, err := json.Marshal(in)
	if in == nil {
		raw = nil
	}
	if err != nil {
		x.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.serving.url+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		x.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+x.token)
	if x.token == "" {
		req.Header.Del("Authorization")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	raw, err = io.ReadAll(res.Body)
	out := m{}
	_ = json.Unmarshal(raw, &out)
	return res.StatusCode, out, res.Header, err
}

func (x *mill) must(status int, path string, in m) m {
	x.t.Helper()
	got, out, _, err := x.send(path, in)
	if err != nil || got != status {
		x.t.Fatalf("%s: %d %v %v", path, got, out, err)
	}
	return out
}

func (x *mill) make(path string, in m) string {
	x.t.Helper()
	key, _ := x.must(http.StatusCreated, "/"+path, in)["id"].(string)
	return key
}

func (x *mill) act(path, key, action string) {
	x.t.Helper()
	x.must(http.StatusOK, "/"+path+"/"+key+"/"+action, nil)
}

// ask reads one text by SQL.
func (x *mill) ask(sql string, args ...any) (out string) {
	x.t.Helper()
	if err := x.db.QueryRow(x.t.Context(), sql, args...).Scan(&out); err != nil {
		x.t.Fatalf("%s: %v", sql, err)
	}
	return out
}

// rows counts the rows of each table of the company, and the jobs, when nothing runs any more.
// The chain of the audit is closed in the background, and so is the sample of decisions written: their rows come when they come. Keys are
// made when they are first needed, in a transaction of their own.
func (x *mill) rows() map[string]int {
	x.t.Helper()
	schema := x.ask("SELECT schema_name FROM tenon.tenant")
	for range 200 {
		if x.ask("SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'") == "0" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	union := x.ask(`SELECT string_agg(format('SELECT %L AS name, count(*) AS n FROM %I.%I', relname, $1::text, relname), ' UNION ALL ')
		FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'
			AND relname NOT IN ('audit_link', 'audit_checkpoint', 'audit_head', 'policy_decision', 'data_key')`, schema)
	found, err := x.db.Query(x.t.Context(), union+" UNION ALL SELECT 'jobs', count(*) FROM river.river_job")
	if err != nil {
		x.t.Fatal(err)
	}
	out, name, n := map[string]int{}, "", 0
	if _, err := pgx.ForEachRow(found, []any{&name, &n}, func() error { out[name] = n; return nil }); err != nil {
		x.t.Fatal(err)
	}
	return out
}

// grown is by how much tables grew.
func grown(before, after map[string]int) map[string]int {
	out := map[string]int{}
	for name, n := range after {
		if n != before[name] {
			out[name] = n - before[name]
		}
	}
	return out
}

func (x *mill) sound(when string) {
	x.t.Helper()
	findings, err := x.app.Verify(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	for _, f := range findings {
		x.t.Errorf("%s: %s: %s", when, f.Check, f.What)
	}
}

// act is one kind of request that is killed, and documents that are ready for it, alike to the last line.
type act struct {
	path, action string
	docs         []string
}

// A tenon that is killed at any point of a request leaves all of it or nothing; the client's retry with the same key has one effect.
func TestKilledAtEveryStep(t *testing.T) {
	x := newMill(t)
	for _, a := range x.acts(5) {
		x.act(a.path, a.docs[0], a.action) // what comes with the first of its kind is there
		before := x.rows()
		address := func(doc string) string { return "/" + a.path + "/" + doc + "/" + a.action }
		status, out, h, err := x.send(address(a.docs[1]), nil, faultpoint.Header, "0", "Idempotency-Key", a.path+a.action)
		if err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d %v %v", address(a.docs[1]), status, out, err)
		}
		passed := strings.Split(h.Get(faultpoint.Header), ",")
		all := grown(before, x.rows())
		chosen := sample(passed)
		t.Logf("%s %s: killed at %d of %d points, %d tables grow", a.path, a.action, len(chosen), len(passed), len(all))
		doc := 2
		for _, point := range chosen {
			if x.kill(address(a.docs[doc]), point, all) {
				doc++
			}
		}
		x.kept(address(a.docs[doc]), all)
	}
	x.sound("at the end")
}

// kill sends a request that ends at a point, starts tenon again, and looks what is left: nothing before the commit, everything after it. What was
// done is asked for again with the same key.
func (x *mill) kill(address, point string, all map[string]int) (done bool) {
	x.t.Helper()
	before := x.rows()
	key := address + point
	status, out, _, err := x.send(address, nil, faultpoint.Header, point, "Idempotency-Key", key)
	if err == nil {
		x.t.Fatalf("%s at %s: answered %d %v instead of dying", address, point, status, out)
	}
	_ = x.Wait()
	x.start()
	left := grown(before, x.rows())
	when := address + " killed at " + point
	switch {
	case maps.Equal(left, all):
		if point != "1 commit is sent" && point != "1 commit is done" {
			x.t.Errorf("%s: all of it is there", when)
		}
		x.kept(address, map[string]int{}, key)
		done = true
	case len(left) > 0:
		x.t.Errorf("%s: left %v, all would be %v", when, left, all)
	case point == "1 commit is done":
		x.t.Errorf("%s: nothing is left", when)
	}
	x.sound(when)
	return done
}

// kept sends a request twice with one key: together they have this effect, and the answers are the same.
func (x *mill) kept(address string, want map[string]int, key ...string) {
	x.t.Helper()
	before, used := x.rows(), address+"again"
	if len(key) > 0 {
		used = key[0]
	}
	var answers []string
	for range 2 {
		status, out, _, err := x.send(address, nil, "Idempotency-Key", used)
		if err != nil || status != http.StatusOK {
			x.t.Errorf("%s again: %d %v %v", address, status, out, err)
		}
		answers = append(answers, fmt.Sprint(out))
	}
	if got := grown(before, x.rows()); !maps.Equal(got, want) || answers[0] != answers[1] {
		x.t.Errorf("%s with one key twice: %v, want %v; the same answer: %v", address, got, want, answers[0] == answers[1])
	}
}

// sample chooses points, each with its count among those of its name: around the commit, before or after each reaction in turn, and some statements
// between them.
func sample(passed []string) []string {
	var out []string
	times, reactions := map[string]int{}, map[string]bool{}
	for _, p := range passed {
		times[p]++
		kind, reaction, _ := strings.Cut(p, " ")
		chosen := *everyPoint
		switch kind {
		case "statement":
			chosen = chosen || times[p]%24 == 12
		case "commit":
			chosen = true
		case "before":
			before := len(reactions)%2 == 0
			chosen = chosen || before && !reactions[reaction]
			reactions[reaction] = reactions[reaction] || before
		case "after":
			chosen = chosen || !reactions[reaction]
			reactions[reaction] = true
		}
		if chosen {
			out = append(out, fmt.Sprint(times[p], " ", p))
		}
	}
	return out
}
