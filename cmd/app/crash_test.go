package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/tenancy/pgserver"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// insist posts with a key until it is answered well, as a client does that does not know whether its request was done. It returns the answer and how
// often it asked.
func (p person) insist(path string, in any, key string) (answer, int) {
	var a answer
	for try := 1; try <= 100; try++ {
		var err error
		if a, err = p.send(p.t.Context(), http.MethodPost, path, in, "Idempotency-Key", key); err == nil && a.status < 300 {
			return a, try
		}
		if err == nil && a.status < 500 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Errorf("%s with key %s: %d %s", path, key, a.status, a.raw)
	return a, 100
}

// sellers lets so many clients create and confirm orders of steel until ctx ends, each write asked for until it is acknowledged.
func (c *company) sellers(ctx context.Context, clients int, acknowledged *atomic.Int64) (ids []string, repeated int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				key := fmt.Sprint(i, "-", n)
				made, tries := c.sales.insist("/sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.steel, "1", "20")}}, key)
				bound, more := c.sales.insist("/sales/orders/"+str(made.body, "id")+"/confirm", nil, key+"confirm")
				same(c.sales.t, "confirmed", bound.body, m{"status": "confirmed"})
				acknowledged.Add(2)
				mu.Lock()
				ids, repeated = append(ids, str(made.body, "id")), repeated+tries+more-2
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return ids, repeated
}

// exactly checks that these orders, each confirmed once, and no others are there.
func (c *company) exactly(t *testing.T, ids []string) {
	t.Helper()
	rows := map[string]m{}
	for next := ""; ; {
		page := c.sales.must(http.StatusOK, c.sales.get("/sales/orders?limit=500&cursor="+url.QueryEscape(next)))
		list, _ := page["data"].([]any)
		for _, x := range list {
			row, _ := x.(m)
			rows[str(row, "id")] = row
		}
		if next = str(page, "next_cursor"); next == "" {
			break
		}
	}
	if len(rows) != len(ids) {
		t.Errorf("%d orders are there, %d were asked for", len(rows), len(ids))
	}
	for _, id := range ids {
		if rows[id]["status"] != "confirmed" {
			t.Errorf("order %s was acknowledged as confirmed and is %v", id, rows[id]["status"])
		}
	}
	onHand, reserved, _ := c.balance(t, c.steel)
	if reserved.String() != strconv.Itoa(len(ids)) || onHand.String() != "100000" {
		t.Errorf("%s of %s reserved for %d orders of one", reserved, onHand, len(ids))
	}
}

// PostgreSQL is killed under load and started again: no acknowledged write is lost, no request has two effects.
func TestDatabaseKilledUnderLoad(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil { // the server's own user passes through
		t.Fatal(err)
	}
	cfg := pgserver.Config{Dir: dir}
	pg, err := pgserver.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	w := worldAt(t, pg.URL("postgres"))
	c := newCompany(t, w, "Crash")
	c.stock(c.steel, "100000", "9")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var acknowledged atomic.Int64
	go func() {
		defer stop()
		for round := range int64(2) {
			for acknowledged.Load() < 60*(round+1) && ctx.Err() == nil {
				time.Sleep(5 * time.Millisecond)
			}
			if pg, err = killed(ctx, pg, cfg); err != nil {
				t.Error(err)
				return
			}
		}
		for before := acknowledged.Load(); acknowledged.Load() < before+40 && ctx.Err() == nil; {
			time.Sleep(5 * time.Millisecond)
		}
	}()
	ids, repeated := c.sellers(ctx, 6, &acknowledged)
	t.Logf("%d orders, %d requests were sent again", len(ids), repeated)
	c.exactly(t, ids)
}

// killed ends a server as a power cut does, and starts it again.
func killed(ctx context.Context, pg *pgserver.Server, cfg pgserver.Config) (*pgserver.Server, error) {
	raw, err := os.ReadFile(filepath.Join(cfg.Dir, "cluster", "postmaster.pid"))
	if err != nil {
		return pg, err
	}
	pid, err := strconv.Atoi(strings.SplitN(string(raw), "\n", 2)[0])
	if err != nil {
		return pg, err
	}
	if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil { // its whole group, if it leads one
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			return pg, err
		}
	}
	for try := 0; ; try++ {
		time.Sleep(100 * time.Millisecond)
		if err := pg.Stop(ctx); err != nil {
			return pg, err
		}
		again, err := pgserver.Start(ctx, cfg)
		if err == nil || try > 100 {
			return again, err
		}
	}
}

// Connections that break at COMMIT leave the client not knowing: asking again with the same key has one effect, whether it was done or not.
func TestConnectionsCutAtCommit(t *testing.T) {
	database, err := url.Parse(tenancytest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	cut := &scissors{}
	database.Host = cut.between(t, database.Host)
	c := newCompany(t, worldAt(t, database.String()), "Cut")
	c.stock(c.steel, "100000", "9")
	cut.armed.Store(true)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var acknowledged atomic.Int64
	go func() {
		for acknowledged.Load() < 120 && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		stop()
	}()
	ids, repeated := c.sellers(ctx, 4, &acknowledged)
	cut.armed.Store(false)
	t.Logf("%d orders, %d commits cut, %d requests were sent again", len(ids), cut.cuts.Load(), repeated)
	if repeated < 10 {
		t.Errorf("only %d requests were repeated: the test proves nothing", repeated)
	}
	c.exactly(t, ids)
}

// scissors is a wire to PostgreSQL that breaks at some commits: before the server has heard of it, or after it has done it.
type scissors struct {
	armed         atomic.Bool
	commits, cuts atomic.Int64
}

// between listens for who wants to reach a server, and returns where.
func (s *scissors) between(t *testing.T, server string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go s.wire(client, server)
		}
	}()
	return l.Addr().String()
}

func (s *scissors) wire(client net.Conn, server string) {
	defer client.Close()
	up, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer up.Close()
	var deaf atomic.Bool // the client hears no more
	go func() {
		defer client.Close()
		b := make([]byte, 32<<10)
		for {
			n, err := up.Read(b)
			if err != nil || deaf.Load() {
				return
			}
			if _, err := client.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	b := make([]byte, 64<<10)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		if s.armed.Load() && bytes.HasSuffix(b[:n], []byte("commit\x00")) {
			switch s.commits.Add(1) % 5 {
			case 1: // the server never hears of it
				s.cuts.Add(1)
				return
			case 3: // the client never hears that it is done
				s.cuts.Add(1)
				deaf.Store(true)
			}
		}
		if _, err := io.Copy(up, bytes.NewReader(b[:n])); err != nil {
			return
		}
	}
}
